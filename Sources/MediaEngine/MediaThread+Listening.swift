import Audio

// Those who listen to what a session hears, beside its recording and its bridge.
extension MediaThread {
    /// Begins or ends listening for who answered.
    func detectAnswer(_ isOn: Bool, _ session: UnsafeMutablePointer<SessionState>) {
        unsafe session.pointee.answer = isOn ? AnswerEar() : nil
        unsafe prepareToHear(session)
    }

    /// Begins or ends listening for the peer to begin to speak.
    func detectSpeech(_ isOn: Bool, _ session: UnsafeMutablePointer<SessionState>) {
        unsafe session.pointee.speech = isOn ? SpeechEar(rate: session.pointee.format.codec.rate) : nil
        unsafe prepareToHear(session)
    }

    /// Begins a recording with the words by which it was known that the peer speaks.
    func recordFirstWords(_ session: UnsafeMutablePointer<SessionState>) {
        guard let speech = unsafe session.pointee.speech else { return }
        unsafe speech.giveBack { frame, count in
            unsafe even(session, frame, count, at: speech.rate)
            unsafe session.pointee.recorder?.append(frame, nil, count, at: speech.rate)
        }
    }

    /// The samples a second at which a session without a bridge is heard; `nil` when nobody listens.
    func hearingRate(_ session: UnsafeMutablePointer<SessionState>) -> Int? {
        unsafe session.pointee.recorder?.rate ?? session.pointee.speech?.rate
            ?? (session.pointee.answer == nil ? nil : AnswerDetector.rate)
    }

    /// Lets everybody listen to a frame, and evens out its loudness for those who keep it or hear it.
    func attend(_ session: UnsafeMutablePointer<SessionState>, _ frame: UnsafeMutablePointer<Int16>, _ count: Int, at rate: Int) {
        let id = unsafe session.pointee.id
        unsafe session.pointee.answer?.hear(frame, count, at: rate) { report(.found(id, $0)) }
        unsafe listenForSpeech(session, frame, count, at: rate)
        unsafe even(session, frame, count, at: rate)
    }

    private func listenForSpeech(_ session: UnsafeMutablePointer<SessionState>, _ frame: UnsafePointer<Int16>, _ count: Int, at rate: Int) {
        guard let speech = unsafe session.pointee.speech else { return }
        // A bridge and a recording have rates of their own.
        guard speech.rate == rate else {
            if speech.hasSpoken { return unsafe detectSpeech(false, session) }
            return unsafe session.pointee.speech = SpeechEar(rate: rate)
        }
        if unsafe speech.hears(frame, count) { report(.spoke(unsafe session.pointee.id)) }
        if speech.isOver { unsafe detectSpeech(false, session) }
    }

    private func even(_ session: UnsafeMutablePointer<SessionState>, _ frame: UnsafeMutablePointer<Int16>, _ count: Int, at rate: Int) {
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
