package import Logging
package import Settings
package import Telemetry

/// Every setting of the house, with its default and meaning.
package enum HouseSettings {
    /// Whether and how the server speaks TLS.
    package enum TLS: String, CaseIterable, Sendable {
        case disabled
        case selfSigned = "self-signed"
        case files
    }

    /// From what severity on records are logged.
    package enum Level: String, CaseIterable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    package static let dataDirectory = SettingKey.path(
        "DATA_DIR", default: "data", meaning: Meaning("Folder of the database and everything else that is kept", "数据库及所有持久数据所在的目录"))
    package static let bind = SettingKey.text(
        "BIND", limit: 255, default: "127.0.0.1",
        meaning: Meaning("Address to listen on; 0.0.0.0 or :: for every interface", "监听地址；0.0.0.0 或 :: 表示所有网卡"))
    package static let httpPort = SettingKey.port(
        "HTTP_PORT", default: 8_080, meaning: Meaning("Port for HTTP; with TLS on it only redirects", "HTTP 端口；启用 TLS 后仅用于跳转"))
    package static let httpsPort = SettingKey.port("HTTPS_PORT", default: 8_443, meaning: Meaning("Port for HTTPS", "HTTPS 端口"))
    package static let tlsMode = SettingKey.choice(
        "TLS_MODE", default: TLS.disabled,
        meaning: Meaning(
            "disabled, self-signed (a certificate of our own) or files (TLS_CERT and TLS_KEY)",
            "disabled 不启用；self-signed 自签证书；files 使用 TLS_CERT 与 TLS_KEY"))
    package static let certificate = SettingKey.path(
        "TLS_CERT", default: "cert.pem",
        meaning: Meaning("PEM file of the certificate and its chain; read again when it changes", "证书及证书链的 PEM 文件；变化时自动重新读取"))
    package static let key = SettingKey.path(
        "TLS_KEY", default: "key.pem", meaning: Meaning("PEM file of the certificate's private key", "证书私钥的 PEM 文件"))
    package static let allowPlainHTTP = SettingKey.bool(
        "ALLOW_PLAIN_HTTP", default: false,
        meaning: Meaning(
            "Allow HTTP without TLS beyond loopback, for a proxy in front that speaks TLS", "允许在回环地址之外使用明文 HTTP（前面有负责 TLS 的反向代理时）"))
    package static let publicURL = SettingKey.text(
        "PUBLIC_URL", limit: 255, default: "",
        meaning: Meaning(
            "Address under which browsers reach this server, when a proxy is in front: https://desk.example",
            "前面有反向代理时，浏览器访问本服务器的地址，例如 https://desk.example"))
    package static let trustedProxies = SettingKey.text(
        "TRUSTED_PROXIES", limit: 1_000, default: "",
        meaning: Meaning(
            "Addresses of proxies in front, separated by commas, whose X-Forwarded-For is believed", "前置反向代理的地址（用逗号分隔），信任其 X-Forwarded-For")
    )
    package static let logFormat = SettingKey.choice(
        "LOG_FORMAT", default: LogFormat.text, meaning: Meaning("text for people, json for programs", "text 便于阅读；json 便于程序处理"))
    package static let logLevel = SettingKey.choice(
        "LOG_LEVEL", default: Level.info, meaning: Meaning("From what severity on records are logged", "记录日志的最低级别"))
    package static let customerRate = SettingKey.integer(
        "CUSTOMER_SENDS", in: 1...1_000_000, default: 20,
        meaning: Meaning("Messages that one visitor may send in 5 seconds", "每位访客 5 秒内最多可发送的消息数"))
    package static let staffRate = SettingKey.integer(
        "STAFF_SENDS", in: 1...1_000_000, default: 200,
        meaning: Meaning("Messages that one member may send in 5 seconds", "每位成员 5 秒内最多可发送的消息数"))
    package static let arrivalRate = SettingKey.integer(
        "NEW_VISITORS", in: 1...1_000_000, default: 60, meaning: Meaning("New visitors a minute from one address", "每个地址每分钟最多新增的访客数"))
    package static let drainTime = SettingKey.duration(
        "DRAIN_TIME", in: .zero ... .seconds(300), default: .seconds(10),
        meaning: Meaning("How long requests may finish when the server stops", "停止服务时等待请求完成的最长时间"))
    package static let testEcho = SettingKey.bool(
        "TEST_ECHO", default: false,
        meaning: Meaning("For tests only: echo WebSocket messages at /test/echo", "仅供测试：在 /test/echo 回显 WebSocket 消息"))

    package static let catalogue = SettingsCatalogue(
        [
            dataDirectory, bind, httpPort, httpsPort, tlsMode, certificate, key, allowPlainHTTP, publicURL, trustedProxies, logFormat,
            logLevel,
            customerRate,
            staffRate, arrivalRate, drainTime, testEcho, listenAddress, houseKey, gatewayPort, gatewayURL, authorities, upstreamURL,
            upstreamKey,
            upstreamName,
        ] + sharing + tuning + backups + metrics + faults)

    /// Settings of debug builds alone.
    private static var faults: [any SettingDeclaration] {
        #if DEBUG
            [testFaults, fault]
        #else
            []
        #endif
    }
}

extension HouseSettings.Level {
    /// As swift-log names it.
    package var logLevel: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
