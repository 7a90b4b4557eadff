import Storage
import Testing

@testable import Assembly

/// The rules for changing the schema of a house that people run: what has been released stays as it is, and what comes behind it only adds.
@Suite("The schema after a release")
struct ReleasedSchemaTests {
    /// Numbers of each room's last migration in a release that people may have, and the beginning of each one's sum.
    ///
    /// Add to it when a release is made; never change a line of it.
    private static let released: [String: [String]] = [
        "storage": ["ba3ddf0e3e0833c2"],
        "moving": ["fbe3ab0998566d8d"],
        "fleet": ["b205d36f7eb7b353"],
        "people": [
            "57c9128ac71028b9", "2ac4204c2a970b2a", "e7cdd30dfe7f7491", "c19fabf4216f5a0f", "e6f00aa0e51ae6a7", "cdb86f9118863862",
        ],
        "desk": [
            "b6ef3926e99b1b8f", "b5019c03d4d09898", "b34f404d42f97b59", "4c39a0c978bf14b3", "7fbac143d064fe53", "ce7e43585e197837",
            "47e6aa8cf3425483", "16a6be0914efe60b", "547795c3aef3075d", "ad7f27a6f13602ae", "5c7fabdd654494ac",
        ],
        "gateway": [
            "a0f4bdf7a2ea6082", "876e5f87a99708d1", "0ca0b2d36a90fa3e", "213a12bdba24b374", "b09c4a14144d4be3", "690ac53d7ed9fc6b",
            "37b720ca30028dbe", "476a7393cc4083cb", "1caad8f7b1798e25", "3f87bbba2dda284e", "e9d1676bb27fc86b", "9850781b143a1593",
            "15cebd321b75157b", "f8be113927c694c8", "7d1c512ced270e57", "b46d2009fca87359",
        ],
    ]

    /// Migrations behind a release that its program can't work on, each for a reason that was worth a stop of all instances.
    private static let allowed: [String: String] = [:]

    @Test("a migration that has been released is never edited: databases that ran it would be refused")
    func sums() {
        for schema in HouseSchema.schemas {
            let sums = Self.released[schema.room] ?? []
            let found = schema.migrations.prefix(sums.count).map { String($0.checksum.prefix(16)) }
            #expect(found == sums, "\(schema.room)")
        }
        #expect(Set(HouseSchema.schemas.map(\.room)).isSuperset(of: Self.released.keys))
    }

    @Test("what comes behind a release only adds something, so that the release can go on serving and be gone back to")
    func additions() throws {
        for schema in HouseSchema.schemas {
            for migration in schema.migrations.dropFirst(Self.released[schema.room]?.count ?? 0) {
                let id = "\(schema.room) \(migration.number)"
                guard Self.allowed[id] == nil else { continue }
                let reasons = migration.hindrances.map { "statement \($0.statement): \($0.reason)" }
                #expect(migration.previousReleaseRuns, "\(id) \(reasons)")
            }
        }
    }

    @Test("those of before that an older program can't work on are known, and why")
    func known() throws {
        let found = HouseSchema.schemas.flatMap { schema in
            // The first release's own tables refer to each other as they like.
            schema.migrations.dropFirst(schema.room == "gateway" ? 9 : 7).filter { !$0.previousReleaseRuns }.map { migration in
                "\(schema.room) \(migration.number): \(Set(migration.hindrances.map(\.reason)).sorted().first ?? "")"
            }
        }
        #expect(
            found == [
                "desk 8: changes rows of feed", "gateway 11: drops table resource_owner", "gateway 14: changes rows of gateway_request",
            ])
    }
}
