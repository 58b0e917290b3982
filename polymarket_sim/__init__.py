"""A Polymarket in a box: a world with traders of known skill, and a server that speaks the public API.

    world = generate(seed=7)                     # polymarket_sim.generate: a World from a seed
    with running(world) as simulator:            # polymarket_sim.server: served on a free loopback port
        simulator.data_url, simulator.gamma_url, simulator.clob_url, simulator.ws_url, simulator.market_ws_url
        simulator.misbehaviour.add("/data/v2/*", "429", next=2, retry_after="7")  # names: faulty.faults.FAULTS
        simulator.requests                       # what was asked, with status and time
    world.truth(address)                         # what a wallet really earned, in whole micro-dollars

`model` is what a world consists of, `life` lets it go on, `recorded` makes one from real recordings, and
`python -m polymarket_sim` serves one from the command line.
"""
