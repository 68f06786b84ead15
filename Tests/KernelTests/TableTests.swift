import Kernel
import Testing

struct TableTests {
    @Test("it holds what a dictionary would hold, whatever is put in, changed and taken out")
    func likeDictionary() {
        var random = SeededRandom(seed: 7)
        var table = Table<Int, [Int]>()
        var dictionary: [Int: [Int]] = [:]
        for number in 0..<5000 {
            let key = Int.random(in: 0..<100, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                table[key] = [number]
                dictionary[key] = [number]
            case 1:
                table[key]?.append(number)
                dictionary[key]?.append(number)
            case 2:
                table[key] = nil
                dictionary[key] = nil
            default: #expect(table.removeValue(forKey: key) == dictionary.removeValue(forKey: key))
            }
            #expect(table[key] == dictionary[key])
            #expect(table.count == dictionary.count && table.isEmpty == dictionary.isEmpty)
        }
        #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.value) }) == dictionary)
        #expect(Set(table.keys) == Set(dictionary.keys))
        #expect(Set(table.values) == Set(dictionary.values))
    }

    @Test("a value that is changed in its place is not copied")
    func inPlace() {
        var table = Table<Int, [Int]>()
        table[1] = Array(0..<1000)
        let before = table[1]?.withUnsafeBufferPointer { $0.baseAddress }
        table[1]?[500] = 0
        #expect(table[1]?.withUnsafeBufferPointer { $0.baseAddress } == before)
    }
}
