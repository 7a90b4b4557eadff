package import Settings
import Vocabulary

// What several instances of the house share.
extension HouseSettings {
    package static let databaseURL = SettingKey<DatabaseAddress>(
        "DATABASE_URL", accepted: "empty, or mysql://user:password@host:3306/name with ?tls=verify, required or off, and &ca=/path",
        default: .file(folder: nil),
        meaning: Meaning(
            "Database that several instances share: mysql://user:password@host:3306/name; left out: SQLite in DATA_DIR",
            "多实例共享的数据库，例如 mysql://user:password@host:3306/name；不填则使用 DATA_DIR 中的 SQLite"),
        isSecret: true,
        parse: { text in
            switch text.isEmpty ? .file(folder: nil) : DatabaseAddress(text.trimmed) {
            // The file's folder is said by DATA_DIR alone.
            case .file(folder: nil): .file(folder: nil)
            case .server(let address): .server(address)
            default: nil
            }
        },
        write: { if case .server(let address) = $0 { "mysql://\(address)" } else { "" } }
    ).alsoCalled("PROXY_MYSQL_DSN")
    package static let redisURL = SettingKey<ServerAddress?>(
        "REDIS_URL", accepted: "empty, or redis://:password@host:6379/0; rediss:// with TLS", default: nil,
        meaning: Meaning(
            "Redis or Valkey that carries hints between instances: redis://:password@host:6379, rediss:// with TLS",
            "在多个实例之间传递提示的 Redis 或 Valkey：redis://:password@host:6379，rediss:// 表示使用 TLS"),
        isSecret: true,
        parse: { text in text.isEmpty ? .some(nil) : ServerAddress(redis: text.trimmed).map(Optional.some) },
        write: { $0.map { "redis://\($0)" } ?? "" })

    static let sharing: [any SettingDeclaration] = [databaseURL, redisURL]
}

extension Settings {
    /// The database server; nil where the database is a file.
    package var databaseServer: ServerAddress? {
        if case .server(let address) = self[HouseSettings.databaseURL] { address } else { nil }
    }
}
