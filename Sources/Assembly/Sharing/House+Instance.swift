import Glibc

extension House {
    /// How the others see this process: machine and number, `lantern-1:4711`.
    static var instanceName: String {
        var name = [CChar](repeating: 0, count: 65)
        guard gethostname(&name, name.count - 1) == 0 else { return "process \(getpid())" }
        return "\(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)):\(getpid())"
    }
}
