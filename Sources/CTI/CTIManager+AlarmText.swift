extension CTIManager.Alarm: CustomStringConvertible {
    /// One sentence for the administrator.
    public var description: String {
        switch self {
        case .devicesPerProvider(let user, let limit):
            "user \(user) has opened more devices than Maximum Devices Per Provider, \(limit); they stay open"
        case .devicesPerNode(let limit): "more devices are open than Maximum Devices Per Node, \(limit); they stay open"
        case .applicationFailed(let user, let calls):
            "the application of user \(user) has failed; \(calls) calls of it went to their CFOF numbers"
        case .passwordGuessing(let user, let origin):
            "\(origin.map { "\($0)" } ?? "an application of this process") gave a wrong password too often"
                + (user.map { " for user \($0)" } ?? "") + " and is refused unheard for a while"
        case .superProviderWithoutSecureConnection(let user):
            "user \(user) may control all devices but is not in the group Standard CTI Secure Connection, as it should be"
        }
    }
}
