import Audio
import Foundation

/// Speech for tests, by espeak-ng: the same words always sound the same.
enum Spoken {
    /// What a voice says, at 8000 samples a second.
    static func said(_ words: String, voice: String = "en-us", pitch: Int = 50, speed: Int = 160) throws -> [Int16] {
        let folder = try Folder()
        let path = folder.file("speech.wav")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/espeak-ng")
        process.arguments = ["-v", voice, "-p", "\(pitch)", "-s", "\(speed)", "-w", path, words]
        try process.run()
        process.waitUntilExit()
        return try Sound.read(path: path).resampled(to: 8000).samples
    }
}
