import Host
import Storage
import Vocabulary

/// Copies that were proved to be whole.
enum BackupChecks {
    static let all = [automatic, age, place]

    private static let automatic = Check("BACKUP-001", "backups by themselves", .warn) { subject in
        guard subject.backupEvery == .zero else { return .well(["every": "\(subject.backupEvery)"]) }
        return .warn("BACKUP_EVERY=0s: nobody makes backups", [Finding.Remedy("BACKUP_EVERY=1h")])
    }

    private static let age = Check("BACKUP-002", "a verified backup of today") { subject in
        guard subject.hasSchema else { return .skip("no database yet") }
        guard let newest = subject.vault.newest() else {
            return .warn("there is no verified backup yet", [Finding.Remedy("switchboard backup")], ["folder": subject.vault.folder])
        }
        let hours = Double(subject.now.milliseconds - newest.manifest.at.milliseconds) / 3_600_000
        let evidence = ["newest": newest.name, "rows": "\(newest.manifest.rows)", "size": Size.text(newest.bytes)]
        guard hours > 26 else { return .well(evidence) }
        return .fail(
            "the newest verified backup is \(Int(hours)) hours old",
            [Finding.Remedy("switchboard backup"), Finding.Remedy("switchboard why")], evidence)
    }

    private static let place = Check("BACKUP-003", "backups on another disk", .info) { subject in
        guard let data = FileFacts(subject.dataDirectory), let backups = FileFacts(subject.vault.folder) else {
            return .skip("no backups yet")
        }
        guard data.device == backups.device else { return .well(["folder": subject.vault.folder]) }
        return .well([
            "folder": subject.vault.folder, "note": "on the same disk as the data: copy them away (restic, rsync), or set BACKUP_DIR",
        ])
    }
}
