package import Settings
package import Storage
package import Vocabulary

// What is backed up, how often, and how long it is kept.
extension HouseSettings {
    package static let backupEvery = SettingKey.duration(
        "BACKUP_EVERY", in: .zero ... .seconds(7 * 86_400), default: .seconds(3_600),
        meaning: Meaning("Time between two backups while the server runs; 0s: none", "运行期间自动备份的间隔；0s 表示不自动备份"))
    package static let backupDirectory = SettingKey.path(
        "BACKUP_DIR", default: "", meaning: Meaning("Folder of the backups; left out: backups in DATA_DIR", "备份目录；不填则为 DATA_DIR 下的 backups")
    ).orNothing
    package static let backupHours = SettingKey.integer(
        "BACKUP_KEEP_HOURLY", in: 1...1_000, default: 24,
        meaning: Meaning("Of so many hours the last backup is kept", "按小时保留：最近多少个小时各保留最后一份"))
    package static let backupDays = SettingKey.integer(
        "BACKUP_KEEP_DAILY", in: 0...1_000, default: 7,
        meaning: Meaning("Of so many days the last backup is kept", "按天保留：最近多少天各保留最后一份"))
    package static let backupWeeks = SettingKey.integer(
        "BACKUP_KEEP_WEEKLY", in: 0...1_000, default: 4,
        meaning: Meaning("Of so many weeks the last backup is kept", "按周保留：最近多少周各保留最后一份"))
    package static let backupHouseKey = SettingKey.bool(
        "BACKUP_HOUSE_KEY", default: true,
        meaning: Meaning(
            "Put house.key into each backup; false when backups leave the machine and the key is kept elsewhere",
            "每份备份包含 house.key；若备份会离开本机且密钥另行保存，请设为 false"))

    static let backups: [any SettingDeclaration] = [backupEvery, backupDirectory, backupHours, backupDays, backupWeeks, backupHouseKey]
}

extension BackupVault {
    /// Of the house: the database, the gateway's journal, and the key that seals its credentials.
    package init(_ settings: Settings, folder: String? = nil, clock: any WallClock = SystemClock()) {
        var companions = [BackupCompanion.log(folder: "ledger", suffix: ".journal")]
        if settings[HouseSettings.backupHouseKey] { companions.append(.file("house.key")) }
        self.init(
            directory: settings[HouseSettings.dataDirectory], folder: folder ?? settings[HouseSettings.backupDirectory],
            companions: companions, clock: clock, version: House.version)
    }
}

extension BackupRetention {
    init(_ settings: Settings) {
        self.init(
            hourly: settings[HouseSettings.backupHours], daily: settings[HouseSettings.backupDays],
            weekly: settings[HouseSettings.backupWeeks])
    }
}
