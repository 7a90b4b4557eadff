import Testing

@testable import BlackBox

struct PoisonTests {
    @Test("an input is suspected when it was in flight in the newest death and in one before")
    func twice() {
        #expect(Poison.suspects(in: [[1, 2, 3], [7, 2]]) == [2])
        #expect(Poison.suspects(in: [[1], [7, 2], [2]]) == [])
        #expect(Poison.suspects(in: [[1, 2], [], [2]]) == [2])
    }

    @Test("one death, none at all, and inputs without a fingerprint give no suspect")
    func none() {
        #expect(Poison.suspects(in: []) == [] && Poison.suspects(in: [[1, 2]]) == [] && Poison.suspects(in: [[0, 0], [0]]) == [])
        #expect(Poison.suspects(in: [[], [1], [1]]) == [])
    }

    @Test("who was there most often comes first, then who was in the smallest company; the same deaths give the same order")
    func order() {
        #expect(Poison.suspects(in: [[1, 2, 3], [2, 3], [3]]) == [3, 2])
        #expect(Poison.suspects(in: [[5, 6], [5, 8, 9, 6], [6]]) == [6, 5])
        #expect(Poison.suspects(in: [[9, 4], [4, 9]]) == [4, 9])
    }

    @Test("the same input many times in one death counts once there")
    func crowd() {
        #expect(Poison.suspects(in: [[1, 1, 1], [2]]) == [])
        #expect(Poison.suspects(in: [[1, 1, 1], [1]], least: 3) == [])
    }
}
