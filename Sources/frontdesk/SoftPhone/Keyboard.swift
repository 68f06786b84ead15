import Foundation
import Glibc
import Kernel

/// The keys typed at the terminal, one by one, without waiting for the return key.
enum Keyboard {
    /// Reads keys until cancelled; `nil` when standard input is no terminal.
    ///
    /// - Parameters:
    ///   - alsoAnswer: Called when `a` is typed; without it `a` is the DTMF key.
    ///   - press: Called with each key of the telephone keypad; with `nil` for `q`, which hangs up.
    static func keys(alsoAnswer: (@Sendable () -> Void)? = nil, press: @escaping @Sendable (DTMFKey?) -> Void) -> Task<Void, Never>? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        var original = termios()
        unsafe tcgetattr(STDIN_FILENO, &original)
        var raw = original
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        let restore = original
        return Task {
            defer {
                var original = restore
                unsafe tcsetattr(STDIN_FILENO, TCSANOW, &original)
            }
            do {
                for try await byte in FileHandle.standardInput.bytes {
                    let character = Character(UnicodeScalar(byte))
                    if character == "q" {
                        press(nil)
                    } else if character == "a", let alsoAnswer {
                        alsoAnswer()
                    } else if let key = DTMFKey(character) {
                        press(key)
                    }
                }
            } catch {}
        }
    }
}
