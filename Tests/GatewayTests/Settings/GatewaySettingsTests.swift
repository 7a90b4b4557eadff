@testable import Gateway
import Storage
import TestSupport
import Testing
import Vocabulary

struct GatewaySettingsTests {
    @Test("without anything the defaults count, and every setting writes its default as it would be read")
    func defaults() async throws {
        let world = try await RoomWorld()
        #expect(world.settings.current == GatewayTuning())
        let tuning = GatewayTuning()
        #expect(tuning.bodyLimit == 33_554_432 && tuning.firstByteTime == .seconds(120) && tuning.healthBudget == 100_000_000)
        for key in TuningKey.all {
            var again = GatewayTuning()
            #expect(key.apply(key.write(tuning), &again), "\(key.name)")
            #expect(again == tuning, "\(key.name)")
            #expect(!key.english.isEmpty && !key.chinese.isEmpty && !key.accepted.isEmpty)
        }
        #expect(Set(TuningKey.all.map(\.name)).count == TuningKey.all.count)
        #expect(world.settings.items.allSatisfy { $0.origin == .standard && $0.value == $0.standard })
    }

    @Test("each setting reaches its own value")
    func values() async throws {
        let world = try await RoomWorld(environment: ["HEALTH_CLI_COMMAND": "claude -p ok"])
        let values = [
            "BODY_LIMIT": "64", "QUEUE": "0", "RETRY_MAX": "5", "FAIL_THRESHOLD": "1", "HOLD_BYTES": "1024", "HISTORY_DAYS": "7",
            "HEALTH_CHECK_CONCURRENCY": "1", "CONNECT_TIME": "5", "FIRST_BYTE_TIME": "60", "NON_STREAM_TIME": "61", "SILENCE_TIME": "62",
            "QUEUE_TIME": "0", "HOLD_TIME": "4", "HEALTH_INTERVAL_SEC": "6", "HEALTH_ALL_INTERVAL_MIN": "3", "PASS_UNKNOWN": "FALSE",
            "HEALTH_BUDGET_DAY": "0.5", "HEALTH_METHOD": "head",
        ]
        var tuning = GatewayTuning()
        (tuning.bodyLimit, tuning.queueLength, tuning.extraAttempts, tuning.failThreshold) = (64 * 1_024 * 1_024, 0, 5, 1)
        (tuning.holdBytes, tuning.historyDays, tuning.healthConcurrency, tuning.connectTime) = (1_024, 7, 1, .seconds(5))
        (tuning.firstByteTime, tuning.nonStreamTime, tuning.silenceTime) = (.seconds(60), .seconds(61), .seconds(62))
        (tuning.queueTime, tuning.holdTime, tuning.healthInterval) = (.zero, .seconds(4), .seconds(6))
        (tuning.healthAllInterval, tuning.passesUnknown, tuning.healthBudget) = (.seconds(180), false, 500_000_000)
        (tuning.healthMethod, tuning.healthCommand) = (.head, "claude -p ok")
        let items = try await world.settings.change(values.mapValues { $0 }, by: world.byAda)
        #expect(world.settings.current == tuning)
        #expect(items.filter { $0.origin == .standard }.isEmpty)
        #expect(Set(values.keys).union(["HEALTH_CLI_COMMAND"]) == Set(TuningKey.all.map(\.name)))
    }

    @Test("the console wins over the environment, the environment over the default, and null goes back")
    func layers() async throws {
        let world = try await RoomWorld(environment: ["GATEWAY_FIRST_BYTE_TIME": "90", "GATEWAY_QUEUE": "", "UNRELATED": "x"])
        func item() throws -> SettingItem { try #require(world.settings.items.first { $0.key.name == "FIRST_BYTE_TIME" }) }
        #expect(world.settings.current.firstByteTime == .seconds(90))
        #expect(try (item().value, item().origin, item().standard) == ("90", .environment, "120"))
        _ = try await world.settings.change(["FIRST_BYTE_TIME": " 60 "], by: world.byAda)
        #expect(try (item().value, item().origin) == ("60", .console))
        let again = try await GatewaySettings.open(
            database: world.database, clock: world.clock, environment: [:], isFirst: { _ in true })
        #expect(again.current.firstByteTime == .seconds(60))
        _ = try await world.settings.change(["FIRST_BYTE_TIME": nil], by: world.byAda)
        #expect(try (item().value, item().origin) == ("90", .environment))
        #expect(world.tunings.entries.map(\.firstByteTime) == [.seconds(60), .seconds(90)])
    }

    @Test("the predecessor's names count where ours are not set")
    func aliases() async throws {
        let world = try await RoomWorld(environment: [
            "PROXY_RETRY_MAX": "3", "PROXY_FAIL_THRESHOLD": "5", "PROXY_HEALTH_INTERVAL_SEC": "45", "PROXY_HEALTH_CHECK_MODE": "CLI",
            "HEALTH_ALL_INTERVAL_MIN": "20", "GATEWAY_FAIL_THRESHOLD": "4", "HEALTH_CHECK_CONCURRENCY": "200",
        ])
        let tuning = world.settings.current
        #expect(tuning.extraAttempts == 3 && tuning.failThreshold == 4 && tuning.healthInterval == .seconds(45))
        #expect(tuning.healthMethod == .cli && tuning.healthAllInterval == .seconds(1_200))
        #expect((1...4).contains(tuning.healthConcurrency))
    }

    @Test("an environment that says what can't be is refused with the variable's name, all of them at once")
    func badEnvironment() async throws {
        #expect(
            await faultyFields { try await RoomWorld(environment: ["GATEWAY_QUEUE": "many", "PROXY_RETRY_MAX": "9"]) } == [
                "GATEWAY_QUEUE", "PROXY_RETRY_MAX",
            ])
    }

    @Test("a change is all or nothing, and each fault names its key and range")
    func allOrNothing() async throws {
        let world = try await RoomWorld()
        let values = [
            "FIRST_BYTE_TIME": "60", "RETRY_MAX": "6", "QUEUE": "-1", "NO_SUCH": "1", "PASS_UNKNOWN": "maybe", "HEALTH_BUDGET_DAY": "-1",
        ]
        #expect(
            await faultyFields { try await world.settings.change(values, by: world.byAda) } == [
                "NO_SUCH", "QUEUE", "PASS_UNKNOWN", "RETRY_MAX", "HEALTH_BUDGET_DAY",
            ])
        #expect(world.settings.current == GatewayTuning())
        do {
            _ = try await world.settings.change(["RETRY_MAX": "6"], by: world.byAda)
        } catch let error as GatewayError {
            #expect(error.explanation == "RETRY_MAX: Must be 0–5.")
        }
    }

    @Test("only an owner of the house's first workspace changes them")
    func walls() async throws {
        let world = try await RoomWorld()
        for author in [world.byEve, .member(world.cleo), .member(world.bo)] {
            #expect(await gatewayCode { try await world.settings.change(["QUEUE": "1"], by: author) } == "gateway.forbidden")
        }
        #expect(world.settings.current == GatewayTuning())
    }

    @Test("which program a probe runs is the environment's to say, not the console's")
    func command() async throws {
        let world = try await RoomWorld(environment: ["HEALTH_CLI_COMMAND": "claude -p ok"])
        #expect(world.settings.current.healthCommand == "claude -p ok")
        for value in ["sh -c id", nil] as [String?] {
            #expect(
                await faultyFields { try await world.settings.change(["HEALTH_CLI_COMMAND": value], by: world.byAda) } == [
                    "HEALTH_CLI_COMMAND"
                ])
        }
        try await world.database.write { _ = try $0.execute("INSERT INTO gateway_setting VALUES ('HEALTH_CLI_COMMAND', 'sh -c id', 1)") }
        let again = try await GatewaySettings.open(database: world.database, clock: world.clock, environment: [:], isFirst: { _ in true })
        #expect(again.current.healthCommand == GatewayTuning().healthCommand)
    }

    @Test("a stored value that is no longer accepted is passed over")
    func stale() async throws {
        let world = try await RoomWorld()
        try await world.database.write { _ = try $0.execute("INSERT INTO gateway_setting VALUES ('RETRY_MAX', '77', 1), ('GONE', 'x', 1)") }
        let again = try await GatewaySettings.open(
            database: world.database, clock: world.clock, environment: ["PROXY_RETRY_MAX": "1"], isFirst: { _ in true })
        #expect(again.current.extraAttempts == 1)
        #expect(again.items.first { $0.key.name == "RETRY_MAX" }?.origin == .environment)
    }

    @Test("each setting that changed has its line in the audit log")
    func audit() async throws {
        let world = try await RoomWorld()
        _ = try await world.settings.change(["QUEUE": "7", "RETRY_MAX": "2", "HEALTH_BUDGET_DAY": "1.5"], by: world.byAda)
        let lines = try await world.audit.list(for: world.ada, after: nil, limit: 10).items
        #expect(lines.map(\.subject) == ["HEALTH_BUDGET_DAY", "QUEUE"])
        #expect(
            lines.map(\.changes) == [
                [AuditChange(field: "value", from: "0.10", to: "1.50")], [AuditChange(field: "value", from: "100", to: "7")],
            ])
    }

    @Test(
        "dollars are read exactly",
        arguments: [
            ("0.10", 100_000_000), ("0", 0), ("1", 1_000_000_000), ("1.5", 1_500_000_000), ("0.000000001", 1),
            ("1000000", 1_000_000_000_000_000),
            ("1000001", nil), ("0.0000000001", nil), ("", nil), (".", nil), (".5", nil), ("5.", nil), ("-1", nil), ("1e3", nil),
            ("1.2.3", nil), ("１", nil),
            ("99999999999999999999", nil),
        ] as [(String, Int64?)])
    func dollars(text: String, nano: Int64?) {
        #expect(DollarText.parse(text) == nano)
        if let nano { #expect(DollarText.parse(DollarText.write(nano)) == nano) }
    }
}
