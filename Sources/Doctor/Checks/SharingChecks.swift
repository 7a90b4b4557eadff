import Vocabulary

/// What several instances share: the database server, Redis, their clocks.
enum SharingChecks {
    static let all = [
        features, key, answers, version, durable, text, packets, place, tls, clocks, instances, releases, redis, hints, room, words,
    ]

    private static let alone = Finding.skip("the database is a file: nothing is shared")

    private static let features = Check("SHARE-001", "features that the settings need", .critical) { subject in
        guard let sharing = subject.sharing else { return alone }
        guard !sharing.missingFeatures.isEmpty else { return .well() }
        return .fail(
            "this program was built without \(sharing.missingFeatures.joined(separator: " and "))",
            [Finding.Remedy("use a release build, or swift build --traits \(sharing.missingFeatures.joined(separator: ","))")])
    }

    private static let key = Check("SHARE-002", "the house's key, the same everywhere", .critical) { subject in
        guard let sharing = subject.sharing else { return alone }
        guard !sharing.hasHouseKey else { return .well() }
        return .fail(
            "HOUSE_KEY is not set: the server does not start without it where the database is shared",
            [Finding.Remedy("HOUSE_KEY=<the same 32 bytes in base64 for every instance>")])
    }

    private static let answers = Check("SHARE-003", "the database server answers", .critical) { subject in
        guard let sharing = subject.sharing else { return alone }
        guard sharing.missingFeatures.isEmpty else { return .skip("see SHARE-001") }
        do {
            let answer = try sharing.look()
            return .well(["server": sharing.server, "engine": answer.engine, "version": answer.version])
        } catch {
            return .fail(
                "\(error)",
                [
                    Finding.Remedy("mariadb -h <host> -P <port> -u <user> -p <database>: the same address, by its own client"),
                    Finding.Remedy("switchboard config: what DATABASE_URL comes from"),
                ], ["server": sharing.server])
        }
    }

    private static let version = Check("SHARE-004", "a database server that this release knows", .warn) { subject in
        try looked(subject) { _, answer in
            let numbers = answer.version.split(whereSeparator: { !$0.isNumber }).prefix(2).compactMap { Int($0) }
            let least = answer.engine == "MariaDB" ? [10, 6] : [8, 0]
            var evidence = ["engine": answer.engine, "version": answer.version]
            if answer.engine != "MariaDB" {
                evidence["note"] = "this release was tried with MariaDB 10.11; what differs here is as the documentation says"
            }
            guard numbers.lexicographicallyPrecedes(least) else { return .well(evidence) }
            return .warn(
                "\(answer.engine) \(answer.version) is older than \(least[0]).\(least[1]), for which this release has no words",
                [Finding.Remedy("upgrade the database server")], evidence)
        }
    }

    /// dev.mysql.com/doc/refman/8.0/en/innodb-parameters.html: anything but 1 loses commits that were acknowledged.
    private static let durable = Check("SHARE-005", "a database server that keeps what it acknowledged") { subject in
        try looked(subject) { _, answer in
            var loose: [String] = []
            if let flush = answer.variables["innodb_flush_log_at_trx_commit"], !["1", "3"].contains(flush) {
                loose.append("innodb_flush_log_at_trx_commit=\(flush)")
            }
            if answer.variables["log_bin"]?.uppercased() == "ON", answer.variables["sync_binlog"] == "0" { loose.append("sync_binlog=0") }
            guard !loose.isEmpty else { return .well() }
            return .warn(
                "\(loose.joined(separator: ", ")): a power cut of the database's machine loses what was acknowledged in the last second",
                [Finding.Remedy("innodb_flush_log_at_trx_commit=1 and sync_binlog=1 in the server's configuration")])
        }
    }

    private static let text = Check("SHARE-006", "text of every language", .warn) { subject in
        try looked(subject) { _, answer in
            guard let found = answer.variables["character_set_database"] else {
                return .unknown("the server doesn't name its character set")
            }
            guard found != "utf8mb4" else { return .well(["character set": found]) }
            return .warn(
                "the database's character set is \(found): tables that others make in it can't hold every text; this program's own can",
                [Finding.Remedy("ALTER DATABASE <name> CHARACTER SET utf8mb4")], ["character set": found])
        }
    }

    private static let packets = Check("SHARE-007", "room for the largest write", .warn) { subject in
        try looked(subject) { _, answer in
            guard let size = answer.variables["max_allowed_packet"].flatMap({ Int64($0) }) else { return .well() }
            guard size < 16 << 20 else { return .well(["max_allowed_packet": Size.text(size)]) }
            return .warn(
                "max_allowed_packet is \(Size.text(size)): large writes of the gateway's books are refused",
                [Finding.Remedy("max_allowed_packet=64M in the server's configuration")])
        }
    }

    private static let place = Check("SHARE-008", "a database that takes writes", .critical) { subject in
        try looked(subject) { _, answer in
            let closed = ["read_only", "innodb_read_only", "super_read_only"].filter {
                ["1", "ON"].contains(answer.variables[$0]?.uppercased() ?? "")
            }
            guard let first = closed.first else { return .well() }
            return .fail(
                "\(first) is on: this is a replica, which takes no writes",
                [Finding.Remedy("DATABASE_URL=<the primary, or a proxy that follows it>")])
        }
    }

    private static let tls = Check("SHARE-009", "an encrypted way to the database") { subject in
        guard let sharing = subject.sharing else { return alone }
        guard !sharing.isNear else { return .well(["way": "this machine"]) }
        switch sharing.tls {
        case "off":
            return .warn(
                "messages and password hashes travel readable to \(sharing.server)", [Finding.Remedy("tls=verify&ca=/path in DATABASE_URL")]
            )
        case "verify": return .well(["tls": "verified"])
        default:
            return .well(["tls": "encrypted", "note": "whose certificate it is isn't asked: tls=verify&ca=/path in DATABASE_URL asks"])
        }
    }

    private static let clocks = Check("SHARE-010", "clocks that agree") { subject in
        try looked(subject) { _, answer in
            let evidence = ["database ahead": "\(answer.ahead)"]
            let remedy = [Finding.Remedy("timedatectl set-ntp true, here and on the database's machine")]
            let apart = answer.ahead < .zero ? .zero - answer.ahead : answer.ahead
            if apart > .seconds(30) { return .fail("the database's clock and this machine's are \(apart) apart", remedy, evidence) }
            if apart > .seconds(2) { return .warn("the database's clock and this machine's are \(apart) apart", remedy, evidence) }
            return .well(evidence)
        }
    }

    private static let instances = Check("SHARE-011", "who works on the database", .info) { subject in
        try looked(subject) { _, answer in
            let now = subject.now
            let lines = answer.instances.prefix(20).map { instance in
                (
                    instance.name,
                    "\(instance.version), since \(instance.startedAt.rfc3339), seen \(max(0, (now.milliseconds - instance.seenAt.milliseconds) / 1_000)) s ago"
                )
            }
            return .well(Dictionary(lines) { first, _ in first }.merging(["instances": "\(answer.instances.count)"]) { first, _ in first })
        }
    }

    private static let releases = Check("SHARE-012", "one release everywhere", .warn) { subject in
        try looked(subject) { _, answer in
            let versions = Set(answer.instances.map(\.version)).sorted()
            guard versions.count > 1 else { return .well() }
            return .warn(
                "instances of different releases work on the database: \(versions.joined(separator: ", ")); fine while an upgrade goes round",
                [Finding.Remedy("install the same release everywhere")])
        }
    }

    private static let redis = Check("SHARE-013", "Redis answers", .warn) { subject in
        guard let sharing = subject.sharing else { return alone }
        guard let address = sharing.redis else { return .skip("REDIS_URL is not set") }
        guard sharing.missingFeatures.isEmpty else { return .skip("see SHARE-001") }
        do {
            return .well(["server": address, "is": try sharing.lookAtRedis()])
        } catch {
            return .warn(
                "Redis does not answer (\(error)): nothing is lost or wrong, but what another instance does is noticed a second later",
                [Finding.Remedy("redis-cli -h <host> -p <port> ping")], ["server": address])
        }
    }

    private static let hints = Check("SHARE-014", "hints between instances", .warn) { subject in
        guard let sharing = subject.sharing else { return alone }
        guard sharing.redis != nil else { return .well(["by": "looking every second", "note": "REDIS_URL makes it quick"]) }
        guard let hints = sharing.hints else { return .well(["by": "Redis", "note": "no server runs here that could tell more"]) }
        var evidence = hints.counts.mapValues { "\($0)" }.merging(["by": "Redis", "since": hints.since]) { first, _ in first }
        if let error = hints.lastError { evidence["last error"] = error }
        guard !hints.isUp else { return .well(evidence) }
        let reason = hints.silent > 0 ? "\(hints.silent) living instances are not heard" : hints.lastError ?? "no connection yet"
        return .warn(
            "hints have not got through Redis since \(hints.since) (\(reason)): nothing is lost, each instance looks every second",
            [
                Finding.Remedy("redis-cli -h <host> -p <port> ping, on each machine"),
                Finding.Remedy("switchboard status: `shared.redis`, on each machine"),
            ], evidence)
    }

    private static let room = Check("SHARE-015", "room on the database's disk", .info) { subject in
        guard let sharing = subject.sharing else { return alone }
        return .well(["server": sharing.server, "note": "can't be asked from here: watch it on that machine"])
    }

    /// The words that search makes have 3 to 60 characters; dev.mysql.com/doc/refman/8.0/en/fulltext-fine-tuning.html.
    private static let words = Check("SHARE-016", "words of every length can be found", .warn) { subject in
        try looked(subject) { _, answer in
            let (least, most) = ("innodb_ft_min_token_size", "innodb_ft_max_token_size")
            let found = [least, most].compactMap { name in answer.variables[name].map { (name, $0) } }
            let evidence = Dictionary(found) { first, _ in first }
            let leavesOut = [
                (Int(evidence[least] ?? "") ?? 3) > 3 ? "short words" : nil, (Int(evidence[most] ?? "") ?? 84) < 60 ? "long words" : nil,
            ].compactMap { $0 }
            guard !leavesOut.isEmpty else { return .well(evidence) }
            return .warn(
                "the server leaves \(leavesOut.joined(separator: " and ")) out of its full-text indexes: searching messages misses them",
                [
                    Finding.Remedy("innodb_ft_min_token_size=3 and innodb_ft_max_token_size=84 in the server's configuration; restart it"),
                    Finding.Remedy(
                        "ALTER TABLE search_words DROP INDEX words, ADD FULLTEXT INDEX words (words)",
                        risk: "search finds nothing while it runs; on a large inbox that takes minutes"),
                ], evidence)
        }
    }

    private static func looked(
        _ subject: Subject, _ body: (Subject.Sharing, Subject.Sharing.Answer) throws -> Finding
    ) throws -> Finding {
        guard let sharing = subject.sharing else { return alone }
        guard sharing.missingFeatures.isEmpty, let answer = try? sharing.look() else { return .skip("see SHARE-003") }
        return try body(sharing, answer)
    }
}
