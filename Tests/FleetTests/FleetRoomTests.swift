import Fleet
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Instances of a fleet")
struct FleetRoomTests {
    @Test("Who joins sees who is there, and is seen with the next sign of life")
    func joining() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        #expect(south.others.map(\.name) == ["north"])
        #expect(north.others.isEmpty)
        try await north.beat()
        #expect(north.others.map(\.id) == [south.id])
        #expect(harbour.log.lines.contains { $0.contains("another instance works on this database") })
    }

    @Test("An instance without signs of life is forgotten after a minute and not before, whoever looks on")
    func forgetting() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        try await harbour.run([north, south], for: .seconds(10))
        try await harbour.run([north], for: .seconds(55))
        #expect(north.others.map(\.id) == [south.id])
        try await harbour.run([north], for: .seconds(10))
        #expect(north.others.isEmpty)
        let members = try await harbour.database.read { try FleetRoom.members(on: $0) }
        #expect(members == [north.id])
    }

    @Test("Wall clocks that differ by an hour forget nobody, and are told")
    func skew() async throws {
        let harbour = try await Harbour()
        let ahead = ManualClock(harbour.clock.now() + .seconds(3_600))
        let north = try await harbour.open("north")
        let south = try await harbour.open("south", clock: ahead)
        for _ in 0..<20 {
            ahead.advance(by: FleetRoom.beatPeriod)
            try await harbour.run([north, south], for: FleetRoom.beatPeriod)
        }
        #expect(north.others.map(\.id) == [south.id])
        #expect(south.others.map(\.id) == [north.id])
        let skew = try #require(north.skews[south.id])
        #expect(skew > .seconds(3_500))
        let other = try #require(south.skews[north.id])
        #expect(other < .seconds(-3_500))
    }

    @Test("Clocks that agree are not told of")
    func noSkew() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        try await harbour.run([north, south], for: .seconds(30))
        #expect(north.skews.isEmpty)
        #expect(south.skews.isEmpty)
    }

    @Test("Who was forgotten though it lived comes back under its name and says so")
    func comingBack() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        try await north.beat()
        try await harbour.run([north], for: .seconds(70))
        #expect(north.others.isEmpty)
        #expect(south.returns == 0)
        try await south.beat()
        #expect(south.returns == 1)
        try await north.beat()
        #expect(north.others.map(\.id) == [south.id])
    }

    @Test("Who leaves is gone at once, with its leases")
    func leaving() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        let name = LeaseName("watch")
        for fleet in [north, south] { fleet.leases.want(name) }
        try await harbour.run([north, south], for: .seconds(5))
        #expect(north.leases.holds(name))
        try await north.leave()
        #expect(!north.leases.holds(name))
        try await south.beat()
        #expect(south.leases.holds(name))
        #expect(south.others.isEmpty)
        let members = try await harbour.database.read { try FleetRoom.members(on: $0) }
        #expect(members == [north.id, south.id])
        try await harbour.run([south], for: .seconds(65))
        let later = try await harbour.database.read { try FleetRoom.members(on: $0) }
        #expect(later == [south.id])
        #expect(!harbour.log.lines.contains { $0.contains("no sign of life") })
    }

    @Test("The only instance of a house has every lease and writes nothing")
    func single() async throws {
        let harbour = try await Harbour()
        let fleet = try await harbour.open("north", isSingle: true)
        try await fleet.beat()
        #expect(fleet.leases.holds(LeaseName("anything")))
        let (members, held) = try await harbour.database.read {
            (try FleetRoom.members(on: $0), try fleet.leases.isHeld(LeaseName("anything"), on: $0))
        }
        #expect(members.isEmpty)
        #expect(held)
    }
}
