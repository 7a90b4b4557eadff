import Vocabulary

/// How far other machines' wall clocks are off, as far as signs of life tell.
enum ClockSkews {
    /// What writing and reading a sign of life may take.
    private static let tolerance = Duration.seconds(2)

    /// - Parameters:
    ///   - before: as they were at the reading before this one, so that a new sign of life is known to be from in between.
    static func among(_ instances: [Instance], before: [Instance], at now: Timestamp) -> [InstanceID: Duration] {
        let earlier = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        return instances.filter { !$0.hasLeft }.reduce(into: [:]) { skews, instance in
            let ahead = Duration.milliseconds(instance.seenAt.milliseconds - now.milliseconds)
            if ahead > tolerance {
                skews[instance.id] = ahead
            } else if let known = earlier[instance.id], known.beats < instance.beats, ahead + FleetRoom.beatPeriod * 2 < .zero - tolerance {
                skews[instance.id] = ahead + FleetRoom.beatPeriod * 2
            }
        }
    }
}
