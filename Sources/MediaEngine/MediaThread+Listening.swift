import Audio

// Those who listen to what a session hears, beside its recording and its bridge.
extension MediaThread {
    /// Begins or ends listening for who answered.
    func detectAnswer(_ isOn: Bool, _ session: UnsafeMutablePointer<SessionState>) {
        unsafe session.pointee.answer = isOn ? AnswerEar() : nil
        unsafe prepareToHear(session)
    }

    /// The samples a second at which a session without a bridge is heard; `nil` when nobody listens.
    func hearingRate(_ session: UnsafeMutablePointer<SessionState>) -> Int? {
        unsafe session.pointee.recorder?.rate ?? (session.pointee.answer == nil ? nil : AnswerDetector.rate)
    }

    /// Lets everybody listen to a frame, and evens out its loudness for those who keep it or hear it.
    func attend(_ session: UnsafeMutablePointer<SessionState>, _ frame: UnsafeMutablePointer<Int16>, _ count: Int, at rate: Int) {
        let id = unsafe session.pointee.id
        unsafe session.pointee.answer?.hear(frame, count, at: rate) { report(.found(id, $0)) }
        guard unsafe session.pointee.isEven else { return }
        if unsafe session.pointee.leveller?.rate != rate { unsafe session.pointee.leveller = Leveller(rate: rate) }
        unsafe session.pointee.leveller?.even(frame, count)
    }
}

/// Listens for who answered, at any rate. Used by the media thread alone.
@safe final class AnswerEar {
    private var detector = AnswerDetector()
    private var converter = RateConverter()
    private let narrow: UnsafeMutablePointer<Int16>
    /// 60 ms.
    private static let longestFrame = 60 * AnswerDetector.rate / 1000

    init() { unsafe narrow = .allocate(capacity: AnswerEar.longestFrame) }

    deinit { unsafe narrow.deallocate() }

    func hear(_ samples: UnsafePointer<Int16>, _ count: Int, at rate: Int, report: (AnswerDetector.Finding) -> Void) {
        guard rate != AnswerDetector.rate else {
            return detector.hear(unsafe UnsafeBufferPointer(start: samples, count: count).span, report: report)
        }
        let length = min(count / 2, AnswerEar.longestFrame)
        unsafe converter.halve(samples, 2 * length, into: narrow)
        detector.hear(unsafe UnsafeBufferPointer(start: narrow, count: length).span, report: report)
    }
}
