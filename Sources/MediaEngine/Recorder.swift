import Audio
import Kernel
import Synchronization

/// Collects the audio of a recording on the media thread and hands it, a second at a time, to the thread that writes files.
///
/// The media thread fills one of two buffers while the other is being written; a disk that is slower than that loses whole seconds, which are counted.
@safe final class Recorder: @unchecked Sendable {
    static let frames = 8000

    let path: String
    private let file: WAVWriter
    private let writer: RecordingWriter
    private let buffers: [UnsafeMutableBufferPointer<Int16>]
    private let isBeingWritten: [Atomic2]
    private var active = 0
    private var filled = 0
    private(set) var lostSeconds = 0
    /// Why writing failed, once it has. Touched by the writing thread only.
    private var failure: MediaFailure?

    /// A flag that two threads share.
    final class Atomic2: Sendable {
        let flag = Atomic<Bool>(false)
    }

    init(path: String, writer: RecordingWriter) throws(MediaFailure) {
        self.path = path
        self.writer = writer
        do throws(AudioFailure) {
            file = try WAVWriter(path: path, channels: 1)
        } catch {
            throw .file(path, "\(error)")
        }
        unsafe buffers = (0..<2).map { _ in
            let buffer = UnsafeMutableBufferPointer<Int16>.allocate(capacity: Recorder.frames)
            unsafe buffer.initialize(repeating: 0)
            return unsafe buffer
        }
        isBeingWritten = (0..<2).map { _ in Atomic2() }
    }

    deinit {
        unsafe buffers.forEach { unsafe $0.deallocate() }
    }

    /// Appends a frame of µ-law. On the media thread.
    func append(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ table: UnsafePointer<Int16>) {
        for index in 0..<count {
            unsafe buffers[active][filled] = unsafe table[Int(bytes[index])]
            filled += 1
            if filled == Recorder.frames { handOver() }
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

    private func write(_ index: Int, _ count: Int) {
        do throws(AudioFailure) {
            try unsafe file.append(UnsafeBufferPointer(rebasing: buffers[index][..<count]))
        } catch {
            failure = .file(path, "\(error)")
        }
    }

    /// Writes what is left and completes the file; `done` hears its length on the writing thread. The last thing the media thread does with it.
    func finish(done: @escaping @Sendable (Result<Duration, MediaFailure>) -> Void) {
        let (last, count) = (active, filled)
        writer.submit { [self] in
            write(last, count)
            file.finish()
            done(failure.map { .failure($0) } ?? .success(.milliseconds(file.frames * 1000 / Clip.rate)))
        }
    }
}
