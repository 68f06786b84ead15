import SIP

/// Header fields that hold addresses and are not typed in a message: P-Asserted-Identity, Diversion.
enum AddressHeader {
    /// All values of all fields of that name, in order; values that are malformed are left out.
    static func all(_ name: String, in headers: SIPHeaders) -> [NameAddress] {
        headers.list(name).compactMap { text in
            do throws(SIPParseError) {
                return try NameAddress(parsing: text)
            } catch {
                return nil
            }
        }
    }
}
