import Kernel

extension SIPURI {
    /// Whether both mean the same resource (RFC 3261 section 19.1.4): user and password by case, all else without; a port or one of the parameters
    /// `user`, `ttl`, `method`, `maddr` and `transport` that only one has makes them differ, other parameters only when both have them.
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard scheme == other.scheme, user == other.user, keptUser == other.keptUser, port == other.port, SIPURI.sameHost(host, other.host)
        else { return false }
        for name in ["user", "ttl", "method", "maddr", "transport"] {
            let (mine, theirs) = (parameter(name), other.parameter(name))
            guard mine?.lowercased() == theirs?.lowercased() else { return false }
        }
        for mine in parameters {
            if let theirs = other.parameters.first(where: { $0.name == mine.name }), theirs.value?.lowercased() != mine.value?.lowercased()
            {
                return false
            }
        }
        return Set((headers ?? "").lowercased().split(separator: "&")) == Set((other.headers ?? "").lowercased().split(separator: "&"))
    }

    /// Addresses are compared by value (RFC 5954 section 4.2), names without regard to case.
    private static func sameHost(_ left: String, _ right: String) -> Bool {
        if SIPHeaders.same(left, right) { return true }
        guard left.hasPrefix("["), let left = IPAddress(left), let right = IPAddress(right) else { return false }
        return left == right
    }
}
