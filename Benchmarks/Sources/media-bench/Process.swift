import Glibc

/// What the kernel tells of this process.
enum Process {
    /// CPU seconds of a thread, in user mode and in the kernel.
    static func times(ofThread name: String) -> (user: Double, system: Double) {
        guard let directory = unsafe opendir("/proc/self/task") else { return (0, 0) }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let thread = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            let stat = read("/proc/self/task/\(thread)/stat")
            guard stat.contains("(\(name))"), let rest = stat.split(separator: ")").last else { continue }
            let fields = rest.split(separator: " ").map { Double($0) ?? 0 }
            let hertz = Double(sysconf(Int32(_SC_CLK_TCK)))
            return (fields[11] / hertz, fields[12] / hertz)
        }
        return (0, 0)
    }

    private static func read(_ path: String) -> String {
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
