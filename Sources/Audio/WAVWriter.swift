import CSndFile

/// Writes a WAV file of 16-bit samples. Its header is kept true while it grows, so that the file can be played even if the process
/// dies.
///
/// Used by one thread at a time; hence `@unchecked`.
@safe public final class WAVWriter: @unchecked Sendable {
    /// The path of the file.
    public let path: String
    /// How many channels it has.
    public let channels: Int
    /// How many frames were written; a frame has a sample of each channel.
    public private(set) var frames = 0
    private var file: OpaquePointer?

    /// Creates the file, in place of any of that name.
    public init(path: String, channels: Int, rate: Int = Clip.rate) throws(AudioFailure) {
        self.path = path
        self.channels = channels
        var info = SF_INFO()
        info.samplerate = Int32(rate)
        info.channels = Int32(channels)
        info.format = Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
        let file = try unsafe SoundFileDoor.open(path, SFM_WRITE, &info) { .unwritable(path: path, reason: $0) }
        unsafe sf_command(file, Int32(SFC_SET_UPDATE_HEADER_AUTO), nil, Int32(SF_TRUE))
        unsafe self.file = unsafe file
    }

    deinit { finish() }

    /// Appends frames, channels interleaved.
    public func append(_ samples: UnsafeBufferPointer<Int16>) throws(AudioFailure) {
        guard let file = unsafe file, let base = samples.baseAddress else { return }
        let count = samples.count / channels
        let written = Int(unsafe sf_writef_short(file, base, sf_count_t(count)))
        frames += written
        guard written == count else { throw .unwritable(path: path, reason: unsafe String(cString: sf_strerror(file))) }
    }

    /// Completes and closes the file.
    public func finish() {
        if let file = unsafe file { unsafe sf_close(file) }
        unsafe file = nil
    }
}
