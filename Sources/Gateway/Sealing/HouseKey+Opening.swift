package import Storage
package import Vocabulary

extension HouseKey {
    /// The key of this house: from `setting` (`HOUSE_KEY`, base64), else from the file `house.key` in `directory`, which the first start
    /// makes. The database remembers which key it belongs to: another or a missing one is refused before anything is sealed or opened.
    /// - Parameter directory: the data directory, which exists and is locked by this process.
    /// - Throws: `GatewayError.houseKey`, `StorageError`.
    package static func open(
        setting: Secret<String>?, directory: String, database: any Database, clock: any WallClock
    ) async throws -> HouseKey {
        let known = try await database.read { connection in
            try connection.row("SELECT mark FROM house_key WHERE slot = 1")?.get(0, as: [UInt8].self)
        }
        let key = try coded { () throws(HouseKeyFault) in try found(setting: setting, directory: directory, mayMake: known == nil) }
        guard let known else {
            try await key.remember(in: database, at: clock.now())
            return key
        }
        guard key.mark == known else { throw GatewayError.houseKey(.another) }
        return key
    }

    private func remember(in database: any Database, at now: Timestamp) async throws {
        try await database.write { connection in
            try connection.execute("INSERT INTO house_key (slot, mark, created_at) VALUES (1, ?, ?)", mark, now)
        }
    }

    private static func coded(_ body: () throws(HouseKeyFault) -> HouseKey) throws(GatewayError) -> HouseKey {
        do throws(HouseKeyFault) {
            return try body()
        } catch {
            throw .houseKey(error)
        }
    }

    private static func found(setting: Secret<String>?, directory: String, mayMake: Bool) throws(HouseKeyFault) -> HouseKey {
        if let setting, !setting.reveal().isEmpty { return try HouseKey(base64: setting) }
        let file = HouseKeyFile(directory: directory)
        if let bytes = try file.read() { return try HouseKey(bytes) }
        guard mayMake else { throw .missing(path: file.path) }
        let bytes = make()
        try file.make(bytes)
        return try HouseKey(bytes)
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
