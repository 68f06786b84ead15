import Foundation

/// The samples of a WAV file of two channels and 16 bits.
enum Wave {
    static func channels(of path: String) throws -> (left: [Int16], right: [Int16]) {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let data = bytes.dropFirst(44)
        let samples = stride(from: data.startIndex, to: data.endIndex - 1, by: 2).map {
            Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8)
        }
        guard bytes.count > 44, bytes[22] == 2 else { throw Missing(description: "two channels in \(path)") }
        return (
            stride(from: 0, to: samples.count - 1, by: 2).map { samples[$0] }, stride(from: 1, to: samples.count, by: 2).map { samples[$0] }
        )
    }
}
