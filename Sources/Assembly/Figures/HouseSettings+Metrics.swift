package import Settings
package import Vocabulary

extension HouseSettings {
    package static let metricsToken = SettingKey<Secret<String>>.secret(
        "METRICS_TOKEN", length: 16...200,
        meaning: Meaning(
            "What a scraper of /metrics sends as bearer token; without one only this machine may read them",
            "抓取 /metrics 时使用的 Bearer 令牌；不设置时仅允许本机读取"))

    static let metrics: [any SettingDeclaration] = [metricsToken]
}
