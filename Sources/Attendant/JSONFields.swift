import Foundation

/// The fields of a JSON text by the way to them: `order.status`, `items.0.name`; a list also has its `count`.
enum JSONFields {
    /// No more fields than this are taken, and none deeper.
    static let most = 500
    static let deepest = 8

    /// `nil` for what is not JSON. A text that is one value has it as `value`.
    static func read(_ data: Data) -> [String: String]? {
        guard let value = try? JSONDecoder().decode(Value.self, from: data) else { return nil }
        var fields: [String: String] = [:]
        value.add(to: &fields, path: "", depth: 0)
        return fields
    }

    private enum Value: Decodable {
        case text(String)
        case list([Value])
        case object([String: Value])
        case nothing

        /// As a flow has it: yes and no for true and false.
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .nothing
            } else if let yes = try? container.decode(Bool.self) {
                self = .text(yes ? "yes" : "no")
            } else if let number = try? container.decode(Int64.self) {
                self = .text(String(number))
            } else if let number = try? container.decode(Double.self) {
                self = .text(String(number))
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }

        func add(to fields: inout [String: String], path: String, depth: Int) {
            guard depth <= deepest, fields.count < most else { return }
            let begin = path.isEmpty ? "" : path + "."
            switch self {
            case .nothing: break
            case .text(let text): fields[path.isEmpty ? "value" : path] = text
            case .list(let members):
                fields[begin + "count"] = String(members.count)
                for (index, member) in members.prefix(most).enumerated() {
                    member.add(to: &fields, path: begin + String(index), depth: depth + 1)
                }
            case .object(let members):
                for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                    member.add(to: &fields, path: begin + name, depth: depth + 1)
                }
            }
        }
    }
}
