import Storage
import Vocabulary

/// What the console set, in the database.
enum SettingStore {
    static func all(on connection: any SQLConnection) throws -> [String: String] {
        let rows = try connection.rows("SELECT name, value FROM gateway_setting")
        return Dictionary(try rows.map { (try $0.get(0), try $0.get(1)) }, uniquingKeysWith: { first, _ in first })
    }

    static func set(_ name: String, to value: String?, at now: Timestamp, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM gateway_setting WHERE name = ?", name)
        guard let value else { return }
        try connection.execute("INSERT INTO gateway_setting (name, value, changed_at) VALUES (?, ?, ?)", name, value, now)
    }
}
