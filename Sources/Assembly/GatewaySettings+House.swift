import Gateway
package import Settings
package import Vocabulary

// The gateway's settings. Those that the running gateway can be told in the console are declared by its room; here they get the names and
// layers of all settings.
extension HouseSettings {
    package static let houseKey = SettingKey<Secret<String>>.secret(
        "HOUSE_KEY", length: 43...64,
        meaning: Meaning(
            "32 bytes in base64 that seal nodes' credentials, instead of the file house.key", "用于加密节点凭据的 32 字节密钥（base64），代替 house.key 文件"))
    package static let gatewayPort = SettingKey.port(
        "GATEWAY_PORT", default: 0,
        meaning: Meaning(
            "A port of the gateway's own, without desk and console; 0: it is only on HTTP_PORT and HTTPS_PORT",
            "网关单独使用的端口（不含客服台和控制台）；0 表示只用 HTTP_PORT 与 HTTPS_PORT"))
    package static let gatewayURL = SettingKey.text(
        "GATEWAY_PUBLIC_URL", limit: 255, default: "",
        meaning: Meaning(
            "Address under which programs reach the gateway, when a proxy is in front: https://models.example",
            "前面有反向代理时，程序访问网关的地址，例如 https://models.example"))
    package static let authorities = SettingKey.path(
        "GATEWAY_CA_FILE", default: "",
        meaning: Meaning(
            "PEM file of authorities that nodes' certificates may be signed by, besides the system's", "除系统根证书外，额外信任的节点 CA 证书（PEM 文件）")
    ).orNothing
    package static let upstreamURL = SettingKey.text(
        "UPSTREAM_BASE_URL", limit: 1_000, default: "",
        meaning: Meaning("Address of a first node, made when there is none yet", "尚无节点时自动创建的首个节点的地址")
    ).alsoCalled("ANTHROPIC_BASE_URL")
    package static let upstreamKey = SettingKey<Secret<String>>.secret(
        "UPSTREAM_API_KEY", length: 1...4_000, meaning: Meaning("Credential of that first node", "该首个节点的凭据"))
    package static let upstreamName = SettingKey.text(
        "UPSTREAM_NAME", limit: 80, default: "", meaning: Meaning("Name of that first node", "该首个节点的名称"))
    package static let listenAddress = SettingKey(
        "LISTEN_ADDR", accepted: "host:port or :port", default: "",
        meaning: Meaning(
            "BIND and HTTP_PORT in one, as the predecessor wrote them; they win where they are set", "前代产品的写法，相当于 BIND 加 HTTP_PORT；后两者优先"),
        parse: { text in text.isEmpty || ListenText(text) != nil ? text : nil }, write: { $0 })

    /// By the names of `TuningKey.environment`.
    static let tuning: [SettingKey<String>] = TuningKey.all.compactMap { key in
        guard let name = key.environment.first else { return nil }
        let accepted = key.unit.isEmpty ? key.accepted : "\(key.accepted) (\(key.unit))"
        return key.environment.dropFirst().reduce(
            SettingKey(
                name, accepted: accepted, default: key.standard, meaning: Meaning(key.english, key.chinese),
                parse: { key.takes($0) ? $0 : nil }, write: { $0 })
        ) { $0.alsoCalled($1) }
    }
}

extension Settings {
    /// What somebody set of the running gateway's settings, by name.
    var gatewayEnvironment: [String: String] {
        HouseSettings.tuning.reduce(into: [:]) { set, key in
            if origin(of: key) != .standard { set[key.name] = self[key] }
        }
    }

    /// Where to listen: `BIND` and `HTTP_PORT`, else `LISTEN_ADDR`.
    var listening: (host: String, port: Int) {
        let text = ListenText(self[HouseSettings.listenAddress])
        let isBindSet = origin(of: HouseSettings.bind) != .standard
        let isPortSet = origin(of: HouseSettings.httpPort) != .standard
        return (
            isBindSet ? self[HouseSettings.bind] : text?.host ?? self[HouseSettings.bind],
            isPortSet ? self[HouseSettings.httpPort] : text?.port ?? self[HouseSettings.httpPort]
        )
    }
}

/// `host:port`, `[::1]:port` or `:port`. Without a host the predecessor meant every interface; here it means what `BIND` says.
struct ListenText {
    let host: String?
    let port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            self.host = String(host.dropFirst().dropLast())
        } else {
            guard !host.contains(":"), host.utf8.count <= 255 else { return nil }
            self.host = host.isEmpty ? nil : String(host)
        }
        self.port = Int(port)
    }
}
