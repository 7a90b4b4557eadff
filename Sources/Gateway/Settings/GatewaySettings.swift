package import Bus
package import Storage
import Synchronization
package import Vocabulary

/// The settings that the running gateway can be told: defaults, over them the environment, over it what the console says.
package final class GatewaySettings: Sendable {
    /// Whose owner may change what the whole house shares: asks whether a workspace is the house's first.
    package typealias IsFirstWorkspace = @Sendable (WorkspaceID) async throws -> Bool

    private struct State {
        var stored: [String: String]
        var tuning: GatewayTuning
    }

    private let database: any Database
    private let clock: any WallClock
    private let environment: [String: String]
    private let isFirst: IsFirstWorkspace
    private let changes: @Sendable (GatewayTuning) -> Void
    private let announce: @Sendable (Bell) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - environment: variables by name (`TuningKey.environment`), as far as they are set; empty texts count as not set.
    ///   - announce: told of what this instance changed, on the database's writer: it must return at once.
    ///   - changes: told after each change, whoever made it, likewise.
    /// - Throws: `GatewayError.invalid` when the environment sets something to what it doesn't take.
    package static func open(
        database: any Database, clock: any WallClock, environment: [String: String], isFirst: @escaping IsFirstWorkspace,
        changes: @escaping @Sendable (GatewayTuning) -> Void = { _ in }, announce: @escaping @Sendable (Bell) -> Void = { _ in }
    ) async throws -> GatewaySettings {
        let known = try known(environment)
        let stored = try await database.read { try SettingStore.all(on: $0) }
        return GatewaySettings(
            database: database, clock: clock, environment: known, isFirst: isFirst, announce: announce, changes: changes,
            state: State(stored: stored, tuning: tuning(environment: known, stored: stored)))
    }

    private init(
        database: any Database, clock: any WallClock, environment: [String: String], isFirst: @escaping IsFirstWorkspace,
        announce: @escaping @Sendable (Bell) -> Void, changes: @escaping @Sendable (GatewayTuning) -> Void, state: State
    ) {
        self.database = database
        self.clock = clock
        self.environment = environment
        self.isFirst = isFirst
        self.announce = announce
        self.changes = changes
        self.state = Mutex(state)
    }

    /// What counts at this moment. Never blocks on I/O.
    package var current: GatewayTuning { state.withLock { $0.tuning } }

    /// Every setting with its value and origin.
    package var items: [SettingItem] {
        let (stored, tuning) = state.withLock { ($0.stored, $0.tuning) }
        return TuningKey.all.map { key in
            let origin: SettingItem.Origin =
                key.isAccepted(stored[key.name]) ? .console : environment[key.name] != nil ? .environment : .standard
            return SettingItem(key: key, value: key.write(tuning), standard: key.write(GatewayTuning()), origin: origin)
        }
    }

    /// Changes settings, all or none; nil goes back to the environment's value or the default. In effect when it returns.
    /// - Throws: `GatewayError.forbidden` but for an owner of the house's first workspace, `.invalid` with each key's range.
    package func change(_ values: [String: String?], by author: Author) async throws -> [SettingItem] {
        try author.require(.owner)
        guard try await isFirst(author.workspace) else { throw GatewayError.forbidden }
        let values = try Self.checked(values)
        let now = clock.now()
        try await database.write(
            { [environment] connection in
                let before = Self.tuning(environment: environment, stored: try SettingStore.all(on: connection))
                for (name, value) in values { try SettingStore.set(name, to: value, at: now, on: connection) }
                let stored = try SettingStore.all(on: connection)
                let after = Self.tuning(environment: environment, stored: stored)
                try Self.audit(values.map(\.0), from: before, to: after, by: author, at: now, on: connection)
                try ChangeMarks.note(.settings, on: connection)
                return State(stored: stored, tuning: after)
            },
            committed: { [self] new in
                state.withLock { $0 = new }
                changes(new.tuning)
                announce(.settingsChanged)
            })
        return items
    }

    /// Takes over what another instance has changed. Each has the environment of its own.
    func readAgain() async throws {
        try await database.write(
            { [environment] connection in
                let stored = try SettingStore.all(on: connection)
                return State(stored: stored, tuning: Self.tuning(environment: environment, stored: stored))
            },
            committed: { [self] new in
                let before = state.withLock { state in
                    defer { state = new }
                    return state.stored
                }
                if before != new.stored { changes(new.tuning) }
            })
    }

    private static func audit(
        _ names: [String], from before: GatewayTuning, to after: GatewayTuning, by author: Author, at now: Timestamp,
        on connection: any SQLConnection
    ) throws {
        for key in TuningKey.all where names.contains(key.name) && key.write(before) != key.write(after) {
            let change = AuditChange(field: "value", from: key.write(before), to: key.write(after))
            try AuditLog.write(
                "setting.changed", on: key.name, named: key.name, changes: [change], by: author, at: now, on: connection)
        }
    }

    /// In the order of the page, so that the log reads like it.
    private static func checked(_ values: [String: String?]) throws(GatewayError) -> [(String, String?)] {
        var list = FaultList()
        for name in values.keys.sorted() where TuningKey.named(name) == nil {
            list.add(GatewayFault(name.clipped(to: 64), "unknown", "There is no such setting."))
        }
        var checked: [(String, String?)] = []
        for key in TuningKey.all {
            guard let value = values[key.name] else { continue }
            let text = value?.trimmed
            if !key.isConsoles {
                list.add(GatewayFault(key.name, "environment_only", "This runs a program on the server: only its environment sets it."))
            } else if let text, !key.isAccepted(text) {
                list.add(key.fault)
            }
            checked.append((key.name, text))
        }
        try list.check()
        return checked
    }

    /// By the settings' own names.
    private static func known(_ environment: [String: String]) throws(GatewayError) -> [String: String] {
        var list = FaultList()
        var known: [String: String] = [:]
        for key in TuningKey.all {
            guard let variable = key.environment.first(where: { environment[$0].map { !$0.isEmpty } ?? false }) else { continue }
            let text = environment[variable]?.trimmed ?? ""
            if !key.isAccepted(text) { list.add(GatewayFault(variable, "range", key.fault.reason)) }
            known[key.name] = text
        }
        try list.check()
        return known
    }

    /// A stored text that is no longer accepted (a narrower rule of a later version) is passed over.
    private static func tuning(environment: [String: String], stored: [String: String]) -> GatewayTuning {
        var tuning = GatewayTuning()
        for key in TuningKey.all {
            if let text = environment[key.name] { _ = key.apply(text, &tuning) }
            if key.isConsoles, let text = stored[key.name] { _ = key.apply(text, &tuning) }
        }
        return tuning
    }
}

/// A setting as it stands.
package struct SettingItem: Sendable {
    /// Where its value came from.
    package enum Origin: String, Sendable {
        case standard = "default"
        case environment, console
    }

    package let key: TuningKey
    package let value: String
    package let standard: String
    package let origin: Origin
}

extension TuningKey {
    func isAccepted(_ text: String?) -> Bool {
        var scratch = GatewayTuning()
        return text.map { apply($0, &scratch) } ?? false
    }

    var fault: GatewayFault {
        GatewayFault(name, "range", "Must be \(accepted)\(unit.isEmpty ? "" : " (\(unit))").")
    }
}
