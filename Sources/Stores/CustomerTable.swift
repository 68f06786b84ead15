/// Customers read from CSV: a header names the columns, the column `number` is the key.
struct CustomerTable {
    /// A customer: the fields by their column, with `number` in E.164 form.
    struct Row: Equatable {
        var number: String
        var fields: [String: String]
    }

    private(set) var rows: [Row] = []
    private(set) var problems: [ImportFailure.Problem] = []

    private static let key = "number"
    private var lines: [String: Int] = [:]

    /// Reads the whole file; what is wrong is in `problems`.
    init(_ bytes: [UInt8], region: String) {
        var reader = CSVReader(bytes)
        do throws(CSVReader.Problem) {
            guard let header = try reader.next() else {
                problems.append(ImportFailure.Problem(line: 1, message: "expected a header with a column `number`, found an empty file"))
                return
            }
            guard let columns = columns(header) else { return }
            while problems.count < ImportFailure.limit, let record = try reader.next() {
                add(record, columns, region)
            }
        } catch {
            problems.append(ImportFailure.Problem(line: error.line, message: error.message))
        }
    }

    private mutating func columns(_ header: CSVReader.Record) -> [String]? {
        let names = header.fields.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased() }
        var seen: Set<String> = []
        for name in names {
            if name.isEmpty {
                complain(header.line, "expected a name for every column of the header")
            } else if !seen.insert(name).inserted {
                complain(header.line, "the header has the column `\(name)` twice")
            }
        }
        if !seen.contains(CustomerTable.key) {
            complain(header.line, "expected a column `number` in the header, found \(names.map { "`\($0)`" }.joined(separator: ", "))")
        }
        return problems.isEmpty ? names : nil
    }

    private mutating func add(_ record: CSVReader.Record, _ columns: [String], _ region: String) {
        guard record.fields.count == columns.count else {
            complain(record.line, "expected \(columns.count) fields as in the header, found \(record.fields.count)")
            return
        }
        var fields = Dictionary(zip(columns, record.fields)) { first, _ in first }
        let written = fields[CustomerTable.key] ?? ""
        guard let number = PhoneNumber.e164(written, region: region) else {
            complain(record.line, "expected a telephone number in the column `number`, found `\(written)`")
            return
        }
        if let earlier = lines.updateValue(record.line, forKey: number) {
            complain(record.line, "\(number) is the number of line \(earlier), too")
            return
        }
        fields[CustomerTable.key] = number
        rows.append(Row(number: number, fields: fields))
    }

    private mutating func complain(_ line: Int, _ message: String) {
        problems.append(ImportFailure.Problem(line: line, message: message))
    }
}
