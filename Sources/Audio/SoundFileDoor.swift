import CSndFile
import Synchronization

/// Where files are opened with libsndfile, one at a time: it keeps the reason of a failure in one place for the whole process, so two threads would
/// read each other's.
enum SoundFileDoor {
    private static let lock = Mutex<Void>(())

    /// Opens a file; `failure` makes the error of libsndfile's words.
    static func open(
        _ path: String, _ mode: Int, _ info: inout SF_INFO, failure: (_ reason: String) -> AudioFailure
    ) throws(AudioFailure) -> OpaquePointer {
        unsafe try lock.withLock { _ throws(AudioFailure) in
            guard let file = unsafe sf_open(path, Int32(mode), &info) else { throw failure(unsafe String(cString: sf_strerror(nil))) }
            return unsafe file
        }
    }
}
