import Foundation
import TestSupport

extension TemporaryDatabase {
    func moveAway(_ name: String) throws {
        try FileManager.default.moveItem(atPath: "\(directory.path)/\(name)", toPath: "\(directory.path)/\(name).away")
    }

    func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(directory.path)/\(name)")
    }
}
