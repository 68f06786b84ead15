import Audio
import Kernel
import Synchronization

/// Collects the audio of a recording on the media thread and hands it, a second at a time, to the thread that writes files.
///
/// The media thread fills one of two buffers while the other is being written; a disk that is slower than that loses whole seconds, which are counted.
@safe final class Recorder: @unchecked Sendable {
    let path: String
    private let channels: Int
    /// The samples a second of the file.
    let rate: Int
    private var converters = (RateConverter(), RateConverter())
    /// A frame of each channel at the rate of the file.
    private let converted: UnsafeMutablePointer<Int16>
    private static let longestFrame = 60 * 16
    private let writer: Worker
    /// Hears once how the recording ended, on the writing thread.
    private let done: @Sendable (Result<Duration, MediaFailure>) -> Void
    /// Hears each second, on the writing thread, how much was spoken; only of recordings with one channel.
    private let heard: (@Sendable (SpeechReading) -> Void)?
    private let buffers: [UnsafeMutableBufferPointer<Int16>]
    private let isBeingWritten: [Atomic2]
    private var active = 0
    private var filled = 0
    private(set) var lostSeconds = 0
    // Touched by the writing thread only.
    private var file: WAVWriter?
    private var meter: SpeechMeter
    /// Why writing failed, once it has.
    private var failure: MediaFailure?

    /// A flag that two threads share.
    final class Atomic2: Sendable {
        let flag = Atomic<Bool>(false)
    }

    /// Begins a recording. `done` hears on the writing thread that it is complete, and how long it is, or at once that the file cannot be written.
    init(
        path: String, channels: Int, rate: Int, writer: Worker, heard: (@Sendable (SpeechReading) -> Void)? = nil,
        done: @escaping @Sendable (Result<Duration, MediaFailure>) -> Void
    ) {
        self.path = path
        self.channels = channels
        self.rate = rate
        unsafe converted = .allocate(capacity: 2 * Recorder.longestFrame)
        self.writer = writer
        self.done = done
        self.heard = heard
        meter = SpeechMeter(rate: rate)
        unsafe buffers = (0..<2).map { _ in
            let buffer = UnsafeMutableBufferPointer<Int16>.allocate(capacity: rate * channels)
            unsafe buffer.initialize(repeating: 0)
            return unsafe buffer
        }
        isBeingWritten = (0..<2).map { _ in Atomic2() }
        writer.submit { [self] in open() }
    }

    deinit {
        unsafe buffers.forEach { unsafe $0.deallocate() }
        unsafe converted.deallocate()
    }

    /// Appends samples of the left or only channel, and of the right one. On the media thread.
    func append(_ left: UnsafePointer<Int16>, _ right: UnsafePointer<Int16>?, _ count: Int, at rate: Int) {
        let length = count * self.rate / rate
        let second = unsafe converted + Recorder.longestFrame
        unsafe Recorder.convert(left, count, from: rate, to: self.rate, &converters.0, converted)
        if let right = unsafe right { unsafe Recorder.convert(right, count, from: rate, to: self.rate, &converters.1, second) }
        for index in 0..<length {
            unsafe push(converted[index])
            if channels == 2 { unsafe push(second[index]) }
        }
    }

    @inline(__always)
    private func push(_ sample: Int16) {
        unsafe buffers[active][filled] = sample
        filled += 1
        if filled == rate * channels { handOver() }
    }

    private static func convert(
        _ samples: UnsafePointer<Int16>, _ count: Int, from rate: Int, to wanted: Int, _ converter: inout RateConverter,
        _ output: UnsafeMutablePointer<Int16>
    ) {
        if rate == wanted {
            unsafe output.update(from: samples, count: count)
        } else if rate < wanted {
            unsafe converter.double(samples, count, into: output)
        } else {
            unsafe converter.halve(samples, count, into: output)
        }
    }

    private func handOver() {
        let (full, count) = (active, filled)
        filled = 0
        guard !isBeingWritten[1 - active].flag.load(ordering: .acquiring) else {
            lostSeconds += 1
            return
        }
        active = 1 - active
        isBeingWritten[full].flag.store(true, ordering: .releasing)
        writer.submit { [self] in
            write(full, count)
            isBeingWritten[full].flag.store(false, ordering: .releasing)
        }
    }

    private func open() {
        do throws(AudioFailure) {
            file = try WAVWriter(path: path, channels: channels, rate: rate)
        } catch {
            done(.failure(Recorder.failure(path, error)))
        }
    }

    private func write(_ index: Int, _ count: Int) {
        do throws(AudioFailure) {
            try unsafe file?.append(UnsafeBufferPointer(rebasing: buffers[index][..<count]))
        } catch {
            failure = Recorder.failure(path, error)
        }
        guard let heard else { return }
        unsafe meter.hear(UnsafeBufferPointer(rebasing: buffers[index][..<count]).span)
        heard(meter.reading)
    }

    private static func failure(_ path: String, _ failure: AudioFailure) -> MediaFailure {
        if case .unwritable(_, let reason) = failure { .file(path, reason) } else { .file(path, "\(failure)") }
    }

    /// Writes what is left and completes the file. The last thing the media thread does with it.
    func finish() {
        let (last, count) = (active, filled)
        writer.submit { [self] in
            guard let file else { return }
            write(last, count)
            file.finish()
            done(failure.map { .failure($0) } ?? .success(.milliseconds(file.frames * 1000 / rate)))
        }
    }
}
