package import Storage
package import Vocabulary

extension HouseKey {
    /// The key of this house: from `setting` (`HOUSE_KEY`, base64), else from the file `house.key` in `directory`, which the first start
    /// makes. The database remembers which key it belongs to: another or a missing one is refused before anything is sealed or opened,
    /// unless `mayChange`.
    /// - Parameters:
    ///   - directory: the data directory, which exists and is locked by this process.
    ///   - mayChange: whether the house goes on with the key that is there, or with a new one where there is none. What the old one sealed
    ///     stays as it is, and opens again when that key comes back.
    /// - Throws: `GatewayError.houseKey`, `StorageError`.
    package static func open(
        setting: Secret<String>?, directory: String, database: any Database, clock: any WallClock, mayChange: Bool = false
    ) async throws -> (key: HouseKey, change: HouseKeyChange?) {
        let known = try await database.read { connection in
            try connection.row("SELECT mark FROM house_key WHERE slot = 1")?.get(0, as: [UInt8].self)
        }
        let isFirst = known == nil
        let (key, isNew) = try coded { () throws(HouseKeyFault) in
            try found(setting: setting, directory: directory, mayMake: isFirst || mayChange)
        }
        guard key.mark != known else { return (key, nil) }
        guard isFirst || mayChange else { throw GatewayError.houseKey(.another) }
        try await key.remember(in: database, at: clock.now())
        return (key, isFirst ? nil : isNew ? .lost : .replaced)
    }

    private func remember(in database: any Database, at now: Timestamp) async throws {
        try await database.write { connection in
            // Keys from before their mark was kept were hashed by the one that goes now.
            try connection.execute("UPDATE gateway_key SET house_mark = (SELECT mark FROM house_key) WHERE house_mark IS NULL")
            try connection.execute("DELETE FROM house_key")
            try connection.execute("INSERT INTO house_key (slot, mark, created_at) VALUES (1, ?, ?)", mark, now)
        }
    }

    private static func coded<Found>(_ body: () throws(HouseKeyFault) -> Found) throws(GatewayError) -> Found {
        do throws(HouseKeyFault) {
            return try body()
        } catch {
            throw .houseKey(error)
        }
    }

    private static func found(
        setting: Secret<String>?, directory: String, mayMake: Bool
    ) throws(HouseKeyFault) -> (key: HouseKey, isNew: Bool) {
        if let setting, !setting.reveal().isEmpty { return (try HouseKey(base64: setting), false) }
        let file = HouseKeyFile(directory: directory)
        if let bytes = try file.read() { return (try HouseKey(bytes), false) }
        guard mayMake else { throw .missing(path: file.path) }
        let bytes = make()
        try file.make(bytes)
        return (try HouseKey(bytes), true)
    }

    /// Either alphabet of RFC 4648, with or without padding.
    private init(base64 setting: Secret<String>) throws(HouseKeyFault) {
        let text = setting.reveal().trimmed
        guard text.utf8.count <= 64 else { throw .settingMalformed }
        let letters = text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        let unpadded = String(letters.reversed().drop { $0 == "=" }.reversed())
        guard let bytes = Base64URL.decode(unpadded) else { throw .settingMalformed }
        try self.init(Secret(bytes))
    }
}

/// What has become of the house's key since the last start.
package enum HouseKeyChange: Sendable, Hashable {
    /// There was none any more: a new one was made.
    case lost
    /// Another one is there.
    case replaced

    /// For the log: what happened; who reads it sees beside it what to do.
    var sentence: String {
        switch self {
        case .lost: "the house's key was gone, a new one was made: what the old one sealed does not open"
        case .replaced: "the house's key is another one than before: what the old one sealed does not open"
        }
    }
}
