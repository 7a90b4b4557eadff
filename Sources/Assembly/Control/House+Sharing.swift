import Fleet
import FoundationEssentials
import Storage
import Vocabulary

/// Who works on the same database, as `switchboard status` shows it.
struct SharingReport: Codable, Sendable {
    struct Instance: Codable, Sendable {
        var id: String
        var name: String
        var version: String
        var startedAt: String
        /// Its last sign of life, by its own clock.
        var seenAt: String
        /// The one that answers.
        var isThis: Bool
        /// What it does for all.
        var leases: [String]
        /// Milliseconds that its clock is ahead of ours, or behind, below zero; nil where they agree.
        var aheadMs: Int64?
    }

    var engine: String
    var place: String
    var instances: [Instance]
    /// How hints get through; nil without `REDIS_URL`.
    var redis: HouseLink?
}

extension House {
    /// One JSON object; nothing where the database is this process's alone.
    func sharing() async throws -> [String] {
        guard !database.isSingleHouse else { return [] }
        let (all, leases) = try await database.read { (try FleetRoom.instances(on: $0), try FleetRoom.leases(on: $0)) }
        let report = SharingReport(
            engine: "\(database.engine)", place: database.place,
            instances: all.filter { !$0.hasLeft }.map { instance in
                SharingReport.Instance(
                    id: "\(instance.id)", name: instance.name, version: instance.version, startedAt: instance.startedAt.rfc3339,
                    seenAt: instance.seenAt.rfc3339, isThis: instance.id == fleet.id,
                    leases: leases.filter { $0.holder == instance.id }.map(\.name.text),
                    aheadMs: fleet.skews[instance.id].map(\.wholeMilliseconds))
            }, redis: bus.link?())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [String(decoding: try encoder.encode(report), as: UTF8.self)]
    }
}

/// Who works on the database of the server that runs on this data directory.
package enum RunningInstances {
    /// A JSON object; nil when no server runs there, or when its database is its own.
    package static func read(directory: String) -> String? {
        ControlCall.send(.sharing, directory: directory)?.output.first
    }

    /// How hints get to and from that server; nil when none runs there, or nothing carries them.
    static func link(directory: String) -> HouseLink? {
        read(directory: directory).flatMap { try? JSONDecoder().decode(SharingReport.self, from: Data($0.utf8)) }?.redis
    }
}
