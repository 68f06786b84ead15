import Glibc

/// What the kernel tells of processes.
public enum Process {
    /// CPU seconds of a thread, in user mode and in the kernel.
    public static func times(ofThread name: String) -> (user: Double, system: Double) {
        number(ofThread: name).map { times(read("/proc/self/task/\($0)/stat")) } ?? (0, 0)
    }

    /// The kernel's number of a thread; `nil` when there is none of this name.
    public static func number(ofThread name: String) -> Int32? {
        guard let directory = unsafe opendir("/proc/self/task") else { return nil }
        defer { unsafe closedir(directory) }
        while let entry = unsafe readdir(directory) {
            let thread = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if read("/proc/self/task/\(thread)/stat").contains("(\(name))") { return Int32(thread) }
        }
        return nil
    }

    /// CPU seconds of another process.
    public static func time(of process: Int) -> Double {
        let (user, system) = times(read("/proc/\(process)/stat"))
        return user + system
    }

    /// Resident memory of another process in KB.
    public static func resident(_ process: Int) -> Double {
        let line = read("/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Double($0.filter(\.isNumber)) } ?? 0
    }

    private static func times(_ stat: String) -> (user: Double, system: Double) {
        let fields = stat.split(separator: ")").last?.split(separator: " ").map { Double($0) ?? 0 } ?? []
        guard fields.count > 12 else { return (0, 0) }
        let hertz = Double(sysconf(Int32(_SC_CLK_TCK)))
        return (fields[11] / hertz, fields[12] / hertz)
    }

    private static func read(_ path: String) -> String {
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
