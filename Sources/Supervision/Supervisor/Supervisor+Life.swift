import BlackBox
import Glibc
import Host

/// Writes down that a server lives, so that the next one knows when nobody saw it end.
extension Supervisor {
    /// Milliseconds between two signs in the marker: that close is the moment of a power cut known.
    private static let signTime: Int64 = 60_000

    private var marker: LifeMarker { LifeMarker(crashes: plan.crashes) }

    /// Before the first worker: has a life before this one vanished?
    func lookForVanished() {
        guard let life = marker.read(), !life.isGoingOn else { return }
        let wall = Clock.wall
        if let folder = evidence.folder(process: life.worker, at: life.lastSign > 0 ? life.lastSign : wall) {
            EvidenceFolder.write(Array(life.facts(now: wall).text.utf8), "death", in: folder)
            if uncertified.isEmpty { oldestUncertified = Clock.now }
            uncertified.append(folder)
        }
        marker.remove()
        journal.write(
            .warning, "the server before this one vanished without a word: `switchboard why` has what is known",
            ["worker": "\(life.worker)", "supervisor": "\(life.supervisor)"])
    }

    /// A worker serves.
    func noteLife(of process: Int32) {
        guard let hand = hands[process], hand.role == .serve else { return }
        // One of another server on this data directory, to whom it belongs.
        if let other = marker.read(), other.supervisor != getpid(), other.isGoingOn { return }
        let vitals = hand.box?.vitals()
        let stage = vitals?.stage.map { "\($0.number) \($0.name)" }
        marker.write(
            LifeMarker.Life(
                supervisor: getpid(), supervisorTicks: ProcessFacts.read(getpid())?.startTicks ?? 0, worker: process,
                workerTicks: ProcessFacts.read(process)?.startTicks ?? 0, startedAt: hand.startedAt, lastSign: Clock.wall,
                boot: BootTime.id ?? "", build: vitals?.build, stage: stage))
        lastLifeSign = Clock.now
    }

    /// Now and then, as long as somebody serves.
    func renewLife(at now: Int64) {
        guard lastLifeSign > 0, now - lastLifeSign >= Self.signTime else { return }
        lastLifeSign = now
        guard var life = marker.read(), life.supervisor == getpid() else { return }
        life.lastSign = Clock.wall
        marker.write(life)
    }

    /// The end was seen.
    func endLife() {
        if let life = marker.read(), life.supervisor == getpid() { marker.remove() }
    }
}
