extension SIPURI {
    /// Whether both mean the same resource (RFC 3261 section 19.1.4): user and password by case, all else without; a port or one of the parameters
    /// `user`, `ttl`, `method`, `maddr` and `transport` that only one has makes them differ, other parameters only when both have them.
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard scheme == other.scheme, user == other.user, SIPHeaders.same(host, other.host), port == other.port else { return false }
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
}
