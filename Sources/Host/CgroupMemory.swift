/// What the control group of a process says about memory (cgroup v2, or v1's memory controller): whether the kernel ended somebody for want
/// of it, and how much there is.
package struct CgroupMemory: Sendable, Equatable {
    /// How many processes of the group the kernel has ended so far; nil when the group doesn't say.
    package var oomKills: Int?
    /// Bytes that the group, or the tightest one that it is in, may use; nil: no limit.
    package var limit: Int64?
    /// Bytes that the group of that limit uses now.
    package var current: Int64?

    package init(oomKills: Int? = nil, limit: Int64? = nil, current: Int64? = nil) {
        self.oomKills = oomKills
        self.limit = limit
        self.current = current
    }

    /// - Parameters:
    ///   - process: this one unless told otherwise.
    ///   - system: what lies in place of `/`, for tests.
    /// - Returns: nil: there are no control groups of memory here.
    package static func read(process: Int32? = nil, system: String = "") -> CgroupMemory? {
        guard let groups = ProcFile.text("\(system)/proc/\(process.map(String.init) ?? "self")/cgroup", limit: 64 * 1_024) else {
            return nil
        }
        for place in places(in: groups) {
            var memory = read(place, system)
            guard memory != CgroupMemory() else { continue }
            // The tightest limit holds, whoever set it: a slice's above a unit's, a pod's above a container's.
            for above in place.above.map({ read($0, system) }) {
                guard let limit = above.limit, limit < memory.limit ?? .max else { continue }
                (memory.limit, memory.current) = (limit, above.current)
            }
            return memory
        }
        return nil
    }

    /// Of the whole machine, since its start (`/proc/vmstat`): for where no group counts.
    package static func oomKillsOfMachine() -> Int? {
        ProcFile.text("/proc/vmstat").flatMap { value(of: "oom_kill", in: $0) }.map { Int(clamping: $0) }
    }

    /// A group's folder and which version's files it has.
    struct Place: Equatable {
        let folder: String
        let isFirstVersion: Bool

        /// The groups that this one is in, the nearest first, up to the mount's root; that one is not limited.
        var above: [Place] {
            let root = isFirstVersion ? CgroupMemory.firstRoot : CgroupMemory.secondRoot
            var (places, folder) = ([Place](), folder)
            while places.count < 16, let end = folder.lastIndex(of: "/") {
                folder = String(folder[..<end])
                guard folder.utf8.count > root.utf8.count else { break }
                places.append(Place(folder: folder, isFirstVersion: isFirstVersion))
            }
            return places
        }
    }

    private static let firstRoot = "/sys/fs/cgroup/memory"
    private static let secondRoot = "/sys/fs/cgroup"

    /// Where the files of the groups in `/proc/<pid>/cgroup` may lie: the group's own place, and the root of the mount, which is what a
    /// container sees as its own group.
    static func places(in groups: String) -> [Place] {
        var places: [Place] = []
        for line in groups.split(separator: "\n").prefix(64) {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].hasPrefix("/"), !parts[2].contains("/..") else { continue }
            let path = parts[2] == "/" ? "" : String(parts[2])
            let root: String
            if parts[0] == "0", parts[1].isEmpty {
                root = secondRoot
            } else if parts[1].split(separator: ",").contains("memory") {
                root = firstRoot
            } else {
                continue
            }
            let isFirstVersion = root == firstRoot
            places.append(Place(folder: root + path, isFirstVersion: isFirstVersion))
            if !path.isEmpty { places.append(Place(folder: root, isFirstVersion: isFirstVersion)) }
        }
        return places
    }

    private static func read(_ place: Place, _ system: String) -> CgroupMemory {
        func text(_ name: String) -> String { ProcFile.text("\(system)\(place.folder)/\(name)") ?? "" }
        guard place.isFirstVersion else {
            return CgroupMemory(
                oomKills: value(of: "oom_kill", in: text("memory.events")).map { Int(clamping: $0) }, limit: bytes(text("memory.max")),
                current: bytes(text("memory.current")))
        }
        return CgroupMemory(
            oomKills: value(of: "oom_kill", in: text("memory.oom_control")).map { Int(clamping: $0) },
            limit: bytes(text("memory.limit_in_bytes")), current: bytes(text("memory.usage_in_bytes")))
    }

    /// The number behind a name in a file of `name number` lines.
    static func value(of name: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2, words[0] == name { return Int64(words[1]).flatMap { $0 < 0 ? nil : $0 } }
        }
        return nil
    }

    /// One number; nil for `max` and for version 1's way of saying that there is no limit, a number of the size of the address space.
    static func bytes(_ text: String) -> Int64? {
        guard let number = Int64(text.split(whereSeparator: { $0 == "\n" || $0 == " " }).first ?? ""), number >= 0 else { return nil }
        return number >= 1 << 60 ? nil : number
    }
}
