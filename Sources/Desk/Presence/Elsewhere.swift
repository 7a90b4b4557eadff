import Vocabulary

/// Who is connected to the other instances, as their rows in the database say. Pure.
///
/// An instance lives as long as its beat goes on, by the clock of whoever watches: clocks of two machines need not agree.
struct Elsewhere: Sendable {
    /// An instance's sign of life.
    struct Sign: Sendable {
        let instance: InstanceID
        let beat: Int64
        /// Rises when its rows changed.
        let version: Int64
        /// How long its rows count after the last beat.
        let life: Duration
    }

    private struct Place: Sendable {
        var beat: Int64
        var version: Int64?
        var life: Duration
        var heardAt: Timestamp
        var persons: [PresentPerson] = []
    }

    /// An instance that was silent for so long comes back by writing everything anew.
    static let forgetting = Duration.seconds(60)

    private var places: [InstanceID: Place] = [:]
    private var living: Set<InstanceID> = []

    /// The version of each instance's rows that is known.
    var versions: [InstanceID: Int64] { places.compactMapValues(\.version) }

    mutating func heard(_ signs: [Sign], at now: Timestamp) {
        let named = Set(signs.map(\.instance))
        places = places.filter { named.contains($0.key) }
        for sign in signs {
            var place = places[sign.instance] ?? Place(beat: sign.beat, version: nil, life: sign.life, heardAt: now)
            if place.beat != sign.beat { place.heardAt = now }
            place.beat = sign.beat
            place.life = sign.life
            places[sign.instance] = place
        }
    }

    /// What was read of an instance's rows.
    mutating func read(_ persons: [PresentPerson], of instance: InstanceID, version: Int64) {
        places[instance]?.persons = persons
        places[instance]?.version = version
        // Counted anew.
        living.remove(instance)
    }

    /// Everybody who is with a living instance; nil when that is the same as at the last question.
    mutating func changed(at now: Timestamp) -> [Principal.Person: PresentPerson]? {
        let lives = Set(places.filter { $0.value.heardAt + $0.value.life > now }.keys)
        guard lives != living else { return nil }
        living = lives
        var present: [Principal.Person: PresentPerson] = [:]
        for instance in lives.sorted() {
            for person in places[instance]?.persons ?? [] { present[person.person] = person }
        }
        return present
    }

    /// The instances whose rows nobody needs any more.
    func forgotten(at now: Timestamp) -> [InstanceID] {
        places.filter { $0.value.heardAt + Self.forgetting <= now }.keys.sorted()
    }
}
