import CPhoneNumber

/// Telephone numbers in any spelling.
public enum PhoneNumber {
    /// The longest E.164 number has 15 digits; libphonenumber allows a few more.
    private static let capacity = 32

    /// The number in E.164 form (`+` and digits only), as somebody in `region` (ISO 3166 alpha-2, capitals) means it:
    /// national or international, with or without plus, with any separators. `nil` when it is no number.
    public static func e164(_ number: String, region: String) -> String? {
        var number = number
        let bytes = number.withUTF8 { text in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                unsafe text.withMemoryRebound(to: CChar.self) { text in
                    unsafe output.withMemoryRebound(to: CChar.self) { output in
                        count = unsafe phone_number_e164(text.baseAddress, text.count, region, output.baseAddress, capacity)
                    }
                }
            }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the region (ISO 3166 alpha-2, capitals) has telephone numbers.
    static func knows(region: String) -> Bool {
        unsafe phone_number_knows_region(region)
    }
}
