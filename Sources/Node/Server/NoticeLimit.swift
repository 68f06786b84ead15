import Kernel

/// Keeps strangers from filling the log: so many notices a second, then their number.
struct NoticeLimit {
    /// The most notices of one second.
    static let perSecond = 20

    private var began: Instant?
    private var count = 0

    /// Whether a notice may be written now, and how many were left out in the second that it ends.
    mutating func admit(at now: Instant) -> (isAdmitted: Bool, leftOut: Int) {
        var leftOut = 0
        if let began, now < began.advanced(by: .seconds(1)) {
            count += 1
        } else {
            leftOut = max(0, count - NoticeLimit.perSecond)
            began = now
            count = 1
        }
        return (count <= NoticeLimit.perSecond, leftOut)
    }
}
