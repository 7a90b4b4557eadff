/// Which container a process is in, from the names of its control groups (`/proc/<pid>/cgroup`).
package enum ContainerID {
    /// The first twelve digits, as `docker ps` shows them; nil outside of containers, or where the group's name says nothing (in a control
    /// group namespace everything is called `/`).
    package static func find(in groups: String) -> String? {
        for line in groups.split(separator: "\n").prefix(64) {
            for part in line.split(whereSeparator: { $0 == "/" || $0 == ":" }).reversed() {
                if let id = id(in: part) { return id }
            }
        }
        return nil
    }

    /// 64 hexadecimal digits, alone or as in `docker-….scope`, `cri-containerd-….scope`, `libpod-….scope`.
    private static func id(in part: Substring) -> String? {
        for word in part.split(whereSeparator: { $0 == "-" || $0 == "." }) where word.utf8.count == 64 {
            if word.utf8.allSatisfy(isHexadecimal) { return String(word.prefix(12)) }
        }
        return nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
