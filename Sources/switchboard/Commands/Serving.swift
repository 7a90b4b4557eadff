import ArgumentParser
import Assembly
import BlackBox
import Doctor
import Logging
import Settings
import Supervision

/// A server's life in this process, supervised or alone.
struct Serving {
    let jobs: HouseJobs
    let options: SettingsOptions
    /// The ports that a worker was born with.
    var ports: [WorkerPort] = []

    /// - Parameter announcing: the sentence for people, about an address.
    /// - Throws: the exit code of a refused start.
    func run(announcing: @escaping @Sendable (String) -> String) async throws {
        let isSupervised = WorkerPost.isConnected
        let life = WorkerLife(post: isSupervised ? WorkerPost() : nil)
        let signals = SignalWatch(isSupervised: isSupervised)
        BlackBox.writer.setBuild(House.fingerprint.short)
        signals.begin()
        life.enter(.fingerprint)
        life.begin()
        life.enter(.configuration)
        do {
            let settings = try options.begin()
            try await serve(settings, life: life, signals: signals, announcing: announcing)
        } catch let code as ExitCode {
            life.refuse(code.rawValue, "the settings can't be used: the log has the details")
            throw code
        } catch {
            let code = Refusal.exit(for: error)
            life.refuse(code.rawValue, StartRefusal(error).sentence)
            throw code
        }
    }

    private func serve(
        _ settings: Settings, life: WorkerLife, signals: SignalWatch, announcing: @escaping @Sendable (String) -> String
    ) async throws {
        let prepared = try HousePreparation(settings, jobs, given: life.isSupervised ? ports.map { $0 == .https } : nil, life: life)
        let opening = await life.untilFree()
        let house = try await House.openToServe(
            settings, isBeside: opening.isBeside, life: life, logger: Logger(label: "switchboard"))
        let relays: LastRelays
        do {
            let options = options
            signals.follow(stop: { life.signalled() }, reload: { life.reload() })
            relays = try await house.serve(prepared, life: life, isAnnounced: opening.isFirst, reread: { try? options.load() }) { address in
                Standard.output(announcing(address))
            }
            await house.close()
        } catch {
            await house.close()
            throw error
        }
        life.handed()
        if life.isOrphaned { LifeMarker(crashes: settings[HouseSettings.dataDirectory] + "/crashes").noteOrphan() }
        await relays.ended()
        signals.endIfAsked()
    }
}
