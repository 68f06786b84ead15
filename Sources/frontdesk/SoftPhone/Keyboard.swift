import Foundation
import Glibc
import Kernel
import Synchronization

/// The keys typed at the terminal, one by one, without waiting for the return key.
final class Keyboard: Sendable {
    private let isRunning = Atomic<Bool>(true)
    private let original: termios

    /// Begins to read keys; `nil` when standard input is no terminal.
    ///
    /// - Parameters:
    ///   - others: What is done when these are typed, instead of pressing them.
    ///   - press: Called with each key of the telephone keypad; with `nil` for `q`, which hangs up.
    init?(others: [Character: @Sendable () -> Void] = [:], press: @escaping @Sendable (DTMFKey?) -> Void) {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        var settings = termios()
        unsafe tcgetattr(STDIN_FILENO, &settings)
        original = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        Thread.detachNewThread { [self] in read(others, press) }
    }

    /// Stops reading and gives the terminal back as it was.
    func stop() {
        isRunning.store(false, ordering: .releasing)
        var settings = original
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    private func read(_ others: [Character: @Sendable () -> Void], _ press: @Sendable (DTMFKey?) -> Void) {
        while isRunning.load(ordering: .acquiring) {
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, 200) > 0 else { continue }
            var byte: UInt8 = 0
            guard unsafe Glibc.read(STDIN_FILENO, &byte, 1) == 1 else { return }
            let character = Character(UnicodeScalar(byte))
            if character == "q" {
                press(nil)
            } else if let other = others[character] {
                other()
            } else if let key = DTMFKey(character) {
                press(key)
            }
        }
    }
}
