extension [SIPParameter] {
    /// The value of the parameter of that name (lower case): `nil` when there is none, empty when it has no value.
    public func value(of name: String) -> String? {
        first { $0.name == name }.map { $0.value ?? "" }
    }

    /// Sets a parameter in its place, or at the end.
    public mutating func set(_ name: String, _ value: String?) {
        if let index = firstIndex(where: { $0.name == name }) {
            self[index].value = value
        } else {
            append(SIPParameter(name, value))
        }
    }
}

extension SIPScanner {
    /// Reads `;name=value;name` as header parameters (RFC 3261 section 25.1, generic-param).
    mutating func headerParameters() throws(SIPSyntaxError) -> [SIPParameter] {
        var parameters: [SIPParameter] = []
        try headerParameters(into: &parameters)
        return parameters
    }

    /// Reads header parameters; those before a fault are kept.
    mutating func headerParameters(into parameters: inout [SIPParameter]) throws(SIPSyntaxError) {
        while takeSpaced(UInt8(ascii: ";")) {
            guard let name = lowercasedToken() else { throw SIPSyntaxError(expected: "a parameter name after \";\"", at: self) }
            guard takeSpaced(UInt8(ascii: "=")) else {
                parameters.append(SIPParameter(name))
                continue
            }
            if peek == UInt8(ascii: "\"") {
                guard let value = quotedString() else { throw SIPSyntaxError(expected: "the closing quote of \(name)", at: self) }
                parameters.append(SIPParameter(name, value))
            } else {
                let value = take { SIPScanner.isToken($0) || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: ":") }
                guard !value.isEmpty else { throw SIPSyntaxError(expected: "a value of parameter \(name)", at: self) }
                parameters.append(SIPParameter(name, String(decoding: value, as: UTF8.self)))
            }
        }
    }
}

extension SIPWriter {
    /// Writes header parameters, each with its semicolon; values that are no token are quoted.
    mutating func parameters(_ parameters: [SIPParameter]) {
        for parameter in parameters {
            byte(UInt8(ascii: ";"))
            text(parameter.name)
            guard let value = parameter.value else { continue }
            byte(UInt8(ascii: "="))
            let isPlain =
                !value.isEmpty
                && value.utf8.allSatisfy {
                    SIPScanner.isToken($0) || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: ":")
                }
            if isPlain { text(value) } else { quoted(value) }
        }
    }
}
