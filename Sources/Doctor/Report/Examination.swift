import Dispatch
import Synchronization
import Vocabulary

#if canImport(Glibc)
    import Glibc
#endif

/// Asks all questions side by side. A disk or a name server that does not answer holds up its own check only.
package enum Examination {
    /// For one check; all together take little longer.
    static let patience = Duration.seconds(5)

    /// - Parameter only: ids or their beginnings, like `TLS`; empty: all.
    package static func run(_ subject: Subject, checks: [Check] = Check.all, only: [String] = []) -> Report {
        let wanted = checks.filter { check in only.isEmpty || only.contains { check.id.hasPrefix($0.uppercased()) } }
        let clock = ContinuousClock()
        let began = clock.now
        let found = Answers(count: wanted.count)
        let group = DispatchGroup()
        let queue = DispatchQueue(label: "doctor", attributes: .concurrent)
        for (place, check) in wanted.enumerated() {
            queue.async(group: group) {
                let start = clock.now
                let finding: Finding
                do {
                    finding = try check.examine(subject)
                } catch {
                    finding = .unknown("\(error)")
                }
                found.put(Report.Entry(check, finding, ms: (clock.now - start).wholeMilliseconds), at: place)
            }
        }
        _ = group.wait(timeout: .now() + .milliseconds(Int(patience.wholeMilliseconds)))
        let entries = found.taken().enumerated().map { place, entry in
            entry ?? Report.Entry(wanted[place], .unknown("no answer in \(patience)"), ms: patience.wholeMilliseconds)
        }
        return Report(
            version: subject.version, host: hostName, dataDirectory: subject.dataDirectory, at: subject.now,
            ms: (clock.now - began).wholeMilliseconds, checks: entries)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What the checks answered, each at its place; who comes after the end is not heard.
private final class Answers: Sendable {
    private let entries: Mutex<[Report.Entry?]>

    init(count: Int) {
        entries = Mutex(Array(repeating: nil, count: count))
    }

    func put(_ entry: Report.Entry, at place: Int) {
        entries.withLock { if $0.indices.contains(place) { $0[place] = entry } }
    }

    func taken() -> [Report.Entry?] { entries.withLock { $0 } }
}
