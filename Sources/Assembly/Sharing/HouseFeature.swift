package import Settings

/// What a build may leave out: a trait of the package.
package enum HouseFeature: String, CaseIterable, Sendable {
    case mySQL = "MySQL"
    case redis = "Redis"

    /// The setting that needs it.
    package var setting: String {
        switch self {
        case .mySQL: HouseSettings.databaseURL.name
        case .redis: HouseSettings.redisURL.name
        }
    }

    /// Whether this program was built with it.
    package var isBuiltIn: Bool { Self.builtIn.contains(self) }

    /// What the settings ask for and this program can't do. A server of hints is asked for only where several instances share a database.
    package static func missing(for settings: Settings) -> [HouseFeature] {
        guard settings.databaseServer != nil else { return [] }
        let wanted: [HouseFeature] = settings[HouseSettings.redisURL] == nil ? [.mySQL] : [.mySQL, .redis]
        return wanted.filter { !$0.isBuiltIn }
    }

    private static let builtIn: Set<HouseFeature> = {
        var features: Set<HouseFeature> = []
        #if MySQL
            features.insert(.mySQL)
        #endif
        #if Redis
            features.insert(.redis)
        #endif
        return features
    }()
}
