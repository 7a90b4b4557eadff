import DeskProtocol
package import Doctor
import Storage

extension House {
    #if DEBUG
        static let isDebugBuild = true
    #else
        static let isDebugBuild = false
    #endif

    /// What exactly this program is.
    package static let fingerprint = Fingerprint(
        version: version, isDebug: isDebugBuild,
        schema: HouseSchema.schemas.compactMap { schema in schema.migrations.last.map { "\(schema.room).\($0.number)" } },
        protocols: [Int(ProtocolLimits.version), Int(ProtocolLimits.version)])
}
