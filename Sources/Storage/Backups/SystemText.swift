#if canImport(Glibc)
    import Glibc
#endif

/// What the system says, as text.
enum SystemText {
    /// Of `errno`, or of another code.
    static func error(_ code: CInt = errno) -> String { String(cString: strerror(code)) }

    /// A user's name, else the number.
    static func user(_ id: uid_t) -> String {
        guard let entry = getpwuid(id), let name = entry.pointee.pw_name else { return "user \(id)" }
        return String(cString: name)
    }

    /// The host's name; empty when it can't be told.
    static func host() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Sizes for people.
package enum ByteText {
    /// `512 B`, `12.3 MiB`.
    package static func write(_ bytes: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var tenths = bytes * 10 / 1_024
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1_024
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
