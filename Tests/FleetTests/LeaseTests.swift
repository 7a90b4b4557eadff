import Fleet
import Storage
import TestSupport
import Testing
import Vocabulary

@Suite("Leases")
struct LeaseTests {
    let name = LeaseName("watch")

    @Test("One instance holds a lease, for as long as it renews it")
    func oneHolder() async throws {
        let harbour = try await Harbour()
        let fleets = [try await harbour.open("north"), try await harbour.open("south"), try await harbour.open("west")]
        for fleet in fleets { fleet.leases.want(name) }
        for _ in 0..<12 {
            try await harbour.run(fleets, for: FleetRoom.beatPeriod)
            #expect(fleets.filter { $0.leases.holds(name) }.count == 1)
            #expect(fleets[0].leases.holds(name))
        }
    }

    @Test("A holder that falls silent loses it by itself before anybody else has it")
    func takeOver() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        for fleet in [north, south] { fleet.leases.want(name) }
        try await harbour.run([north, south], for: .seconds(10))
        #expect(north.leases.holds(name))
        var silent = Duration.zero
        while !south.leases.holds(name), silent < .seconds(60) {
            #expect(silent < .seconds(15) || !north.leases.holds(name))
            try await harbour.run([south], for: FleetRoom.beatPeriod)
            silent += FleetRoom.beatPeriod
        }
        #expect(silent <= .seconds(25))
        #expect(!north.leases.holds(name))
        let (isNorths, isSouths) = try await harbour.database.read { [name] connection in
            (try north.leases.isHeld(name, on: connection), try south.leases.isHeld(name, on: connection))
        }
        #expect(!isNorths)
        #expect(isSouths)
    }

    @Test("The old holder that comes back does not take it again")
    func comingBack() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        let south = try await harbour.open("south")
        for fleet in [north, south] { fleet.leases.want(name) }
        try await harbour.run([north, south], for: .seconds(10))
        try await harbour.run([south], for: .seconds(30))
        try await harbour.run([north, south], for: .seconds(10))
        #expect(!north.leases.holds(name))
        #expect(south.leases.holds(name))
    }

    @Test("Who does not want it never has it")
    func unwanted() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        try await harbour.run([north], for: .seconds(20))
        #expect(!north.leases.holds(name))
    }

    @Test("Renewals that can't be written end the lease in time")
    func noDatabase() async throws {
        let harbour = try await Harbour()
        let north = try await harbour.open("north")
        north.leases.want(name)
        try await north.beat()
        #expect(north.leases.holds(name))
        try await harbour.store.database.close()
        await #expect(throws: StorageError.self) { try await north.beat() }
        harbour.pass(.seconds(14))
        #expect(north.leases.holds(name))
        harbour.pass(.seconds(1))
        #expect(!north.leases.holds(name))
    }
}
