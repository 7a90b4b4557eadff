import Settings
import Vocabulary

/// A catalogue with one key of each kind.
enum Keys {
    enum Mode: String, CaseIterable, Sendable {
        case disabled
        case selfSigned = "self-signed"
        case files
    }

    private static let meaning = Meaning("what it is for", "用途")
    static let port = SettingKey.port("HTTP_PORT", default: 8080, meaning: meaning)
    static let workers = SettingKey.integer("WORKER_COUNT", in: 1...64, default: 4, meaning: meaning)
    static let plain = SettingKey.bool("ALLOW_PLAIN_HTTP", default: false, meaning: meaning)
    static let idle = SettingKey.duration("IDLE_TIMEOUT", in: .seconds(1)...(.seconds(86_400)), default: .seconds(60), meaning: meaning)
    static let mode = SettingKey<Mode>.choice("TLS_MODE", default: .disabled, meaning: meaning)
    static let data = SettingKey.path("DATA_DIR", default: "data", meaning: meaning)
    static let certificate = SettingKey.path("TLS_CERT_FILE", default: "", meaning: meaning).orNothing
    static let name = SettingKey.text("SITE_NAME", limit: 10, default: "Lantern", meaning: meaning)
    static let key = SettingKey<Secret<String>>.secret("SETUP_KEY", length: 8...100, meaning: meaning)

    static let catalogue = SettingsCatalogue([port, workers, plain, idle, mode, data, certificate, name, key])
}
