import Fleet
import FoundationEssentials
import Logging
import Settings
import Storage
import Vocabulary

extension HouseStore {
    /// Copies a house from one database into another.
    /// - Parameters:
    ///   - source: nil for the one that the settings name; as `target`.
    ///   - notice: told what people should know, a sentence each.
    /// - Throws: `CopyError`, `StorageError`, `MigratorError`, `BackupError.noDatabase`, `SharingError`.
    package func copy(
        from source: DatabaseAddress?, to target: DatabaseAddress?, options: StorageCopy.Options,
        notice: @escaping @Sendable (String) -> Void, progress: @escaping @Sendable (String, Int, Int) -> Void
    ) async throws -> StorageCopy.Report {
        let (source, target) = (source ?? settings[HouseSettings.databaseURL], target ?? settings[HouseSettings.databaseURL])
        guard key(of: source) != key(of: target) else { throw CopyError.address("source and target are the same database") }
        let from = try await openSource(source)
        do {
            if !from.busy.isEmpty {
                notice("\(from.busy.joined(separator: ", ")) runs on the source: what it writes from now on is not copied")
            }
            let to = try await openTarget(target)
            let report: StorageCopy.Report
            do {
                let copy = try StorageCopy(
                    from: from.database, to: to, schemas: HouseSchema.schemas, options: options, clock: clock, progress: progress)
                report = try await copy.run()
            } catch {
                try? await to.close()
                throw error
            }
            try await to.close()
            try await from.close()
            return report
        } catch {
            try? await from.close()
            throw error
        }
    }

    private struct Source {
        let database: any Database
        let busy: [String]
        let close: () async throws -> Void
    }

    private func openSource(_ address: DatabaseAddress) async throws -> Source {
        try await checkSchema(of: address)
        switch address {
        case .server(let server):
            let database = try await HouseGround.open(server, logger: logger)
            let busy = try await Self.instances(at: database)
            return Source(database: database, busy: busy, close: { try await database.close() })
        case .file(let folder):
            let folder = folder ?? directory
            guard !FileManager.default.fileExists(atPath: folder + "/manifest.json") else {
                return Source(database: QuietFile(path: folder + "/switchboard.sqlite"), busy: [], close: {})
            }
            let database = try SQLiteDatabase.open(directory: folder, logger: logger)
            return Source(database: database, busy: [], close: { try await database.close() })
        }
    }

    /// Rows of an older schema don't fit into a newer one's tables.
    private func checkSchema(of address: DatabaseAddress) async throws {
        if case .file(let folder) = address {
            let path = (folder ?? directory) + "/switchboard.sqlite"
            guard FileManager.default.fileExists(atPath: path) else { throw BackupError.noDatabase(path: path) }
        }
        let inspection = try HouseGround.inspection(address, directory: directory, clock: clock)
        let status = try await QuietThread.run { try inspection.status() }
        guard status.pending.isEmpty else { throw CopyError.sourceBehind(pending: status.pending) }
    }

    private func openTarget(_ address: DatabaseAddress) async throws -> any HouseDatabase {
        let database: any HouseDatabase
        switch address {
        case .server(let server): database = try await HouseGround.open(server, logger: logger)
        case .file(let folder): database = try SQLiteDatabase.open(directory: folder ?? directory, logger: logger)
        }
        do {
            try await House.migrator(settings, clock: clock, logger: logger).migrate(database)
            let busy = try await Self.instances(at: database)
            guard busy.isEmpty else { throw CopyError.targetInUse(instances: busy) }
            return database
        } catch {
            try? await database.close()
            throw error
        }
    }

    /// Who gives signs of life on a database: two looks, a little more than the time between two signs apart.
    static func instances(at database: any HouseDatabase) async throws -> [String] {
        guard !database.isSingleHouse else { return [] }
        let first = try await database.read { try FleetRoom.instances(on: $0).filter { !$0.hasLeft } }
        guard !first.isEmpty else { return [] }
        try await Task.sleep(for: FleetRoom.beatPeriod + .seconds(1))
        let second = try await database.read { try FleetRoom.instances(on: $0).filter { !$0.hasLeft } }
        return second.filter { later in !first.contains { $0.id == later.id && $0.beats == later.beats } }.map(\.name)
    }

    private func key(of address: DatabaseAddress) -> String {
        switch address {
        case .file(let folder): URL(filePath: folder ?? directory).standardizedFileURL.path
        case .server(let server): "\(server)"
        }
    }
}

/// A backup's database, read as it lies there.
private struct QuietFile: Database {
    let path: String

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> Value) async throws -> Value {
        try await QuietThread.run { [path] in
            let file = try SQLiteFile(path, .readOnly)
            try file.execute("BEGIN", [])
            return try body(file)
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value, committed: (@Sendable (Value) -> Void)?
    ) async throws -> Value {
        throw StorageError.closed
    }
}
