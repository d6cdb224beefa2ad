# SPDX-License-Identifier: Apache-2.0
"""Every call of Debian's python3-docker for networks and volumes: argv[1] is the engine's URL. Prints one line per deed."""
import sys

import docker
from docker.types import IPAMConfig, IPAMPool

client = docker.DockerClient(base_url=sys.argv[1], version='auto')


def deed(name, condition):
    print(('ok ' if condition else 'NOT OK ') + name, flush=True)


def refusal(status, call):
    """What the refusal says, when the call is refused with this status; else nothing."""
    try:
        call()
    except docker.errors.APIError as error:
        return error.explanation if error.response.status_code == status else ''
    return ''


def sleeper(name, **more):
    return client.containers.run('busybox', 'sleep 600', detach=True, name=name, stop_signal='SIGKILL', **more)


def inside(container, command):
    return container.exec_run(['sh', '-c', command]).output.decode()


# Networks.
pool = IPAMPool(subnet='10.71.0.0/24', iprange='10.71.0.128/25', gateway='10.71.0.254', aux_addresses={'printer': '10.71.0.130'})
made = client.networks.create(
    'pynet', driver='bridge', options={'com.docker.network.driver.mtu': '1400'}, ipam=IPAMConfig(pool_configs=[pool]),
    check_duplicate=True, internal=False, labels={'kind': 'py'}, enable_ipv6=False, attachable=True, scope='local')
deed('creates a network with all settings', made.name == 'pynet' and made.attrs['IPAM']['Config'] == [{
    'Subnet': '10.71.0.0/24', 'IPRange': '10.71.0.128/25', 'Gateway': '10.71.0.254',
    'AuxiliaryAddresses': {'printer': '10.71.0.130'}}] and made.attrs['Labels'] == {'kind': 'py'}
     and made.attrs['Attachable'] is True and made.attrs['Options'] == {'com.docker.network.driver.mtu': '1400'})
deed('gets it by name, by id and by a part of it', {client.networks.get(ref).id for ref in (
    'pynet', made.id, made.short_id)} == {made.id})
deed('gets it by scope, and not by another', client.networks.get('pynet', verbose=True, scope='local').id == made.id
     and 'not found' in refusal(404, lambda: client.networks.get('pynet', scope='swarm')))
inner = client.networks.create('pyinner', internal=True, labels={'kind': 'plain'})
deed('lists', {n.name for n in client.networks.list()} == {'bridge', 'host', 'none', 'pynet', 'pyinner'})
deed('lists by names, ids and filters',
     [n.name for n in client.networks.list(names=['pynet'])] == ['pynet']
     and [n.name for n in client.networks.list(ids=[inner.id])] == ['pyinner']
     and [n.name for n in client.networks.list(filters={'label': 'kind=py', 'driver': 'bridge'})] == ['pynet']
     and {n.name for n in client.networks.list(filters={'type': 'custom'})} == {'pynet', 'pyinner'})
one = sleeper('one', network='pynet')
two = sleeper('two')
made.connect(two, aliases=['second', 'both'], ipv4_address='10.71.0.200')
deed('connects at an address, under aliases', inside(one, 'ping -c 1 -W 5 second').count('10.71.0.200') > 0)
deed('lists greedily, with containers', client.networks.list(names=['pynet'], greedy=True)[0].attrs['Containers'].keys()
     == {one.id, two.id})
made.reload()
deed('knows its containers', {c.name for c in made.containers} == {'one', 'two'})
deed('refuses to connect twice', 'already exists in network pynet' in refusal(403, lambda: made.connect(two)))
deed('refuses an address of no subnet', refusal(400, lambda: inner.connect(two, ipv4_address='10.99.0.1')) != '')
deed('refuses to remove one in use', 'has active endpoints' in refusal(403, made.remove))
inner.connect('two', links=[('one', 'first')], driver_opt={'com.example': 'kept'})
two.reload()
deed('tells of both networks', set(two.attrs['NetworkSettings']['Networks']) == {'bridge', 'pynet', 'pyinner'}
     and two.attrs['NetworkSettings']['Networks']['pyinner']['DriverOpts'] == {'com.example': 'kept'})
made.disconnect(two)
deed('disconnects', inside(one, 'nslookup second 127.0.0.11').count('10.71.0.200') == 0)
deed('refuses to disconnect twice', refusal(500, lambda: made.disconnect('two')) != '')
inner.disconnect(two, force=True)
two.stop(timeout=0)
made.connect(two, aliases=['later'])
two.start()
deed('connects one that is stopped', inside(one, 'ping -c 1 -W 5 later').count('10.71.0.') > 0)
api = client.api
raw = api.create_container('busybox', 'sleep 600', name='raw', mac_address='02:42:0a:47:00:b4',
    host_config=api.create_host_config(network_mode='pynet'), networking_config=api.create_networking_config({
    'pynet': api.create_endpoint_config(ipv4_address='10.71.0.180', aliases=['raw2'])}))
api.start(raw['Id'])
deed('creates with an endpoint of its own', '02:42:0a:47:00:b4' in inside(client.containers.get('raw'), 'ip link')
     and inside(one, 'ping -c 1 -W 5 raw2').count('10.71.0.180') > 0)
deed('refuses a network that is not there', 'network nowhere not found' in refusal(
    404, lambda: client.networks.get('nowhere').connect(one)))
deed('refuses a name that is taken', 'already exists' in refusal(409, lambda: client.networks.create('pynet', check_duplicate=True)))
for container in (one, two, client.containers.get('raw')):
    container.remove(force=True)
deed('prunes by label', client.networks.prune(filters={'label': 'kind=py'})['NetworksDeleted'] == ['pynet'])
inner.remove()
deed('removes', refusal(404, inner.remove) != '')

# Volumes.
volume = client.volumes.create('pyvol', driver='local', driver_opts={'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'}, labels={'a': 'b'})
deed('creates a volume with all settings', volume.name == 'pyvol' and volume.attrs['Options'] == {
    'type': 'tmpfs', 'device': 'tmpfs', 'o': 'size=1m'} and volume.attrs['Labels'] == {'a': 'b'})
deed('creates it again', client.volumes.create('pyvol', driver='local', driver_opts=volume.attrs['Options']).id == 'pyvol')
nameless = client.volumes.create()
deed('names one by itself', len(nameless.name) == 64)
deed('gets it', client.volumes.get('pyvol').attrs['Mountpoint'] == volume.attrs['Mountpoint'])
deed('lists', {v.name for v in client.volumes.list()} == {'pyvol', nameless.name}
     and [v.name for v in client.volumes.list(filters={'label': 'a=b', 'dangling': 'true', 'driver': 'local'})] == ['pyvol'])
holder = sleeper('holder', volumes={'pyvol': {'bind': '/v', 'mode': 'rw'}})
deed('mounts what it says', inside(holder, 'df /v | tail -1').startswith('tmpfs'))
deed('refuses to remove one in use', 'volume is in use' in refusal(409, volume.remove))
deed('prunes none in use', 'pyvol' not in (client.volumes.prune()['VolumesDeleted'] or []))
holder.remove(force=True)
deed('is refused one that is not there', refusal(404, lambda: client.volumes.get('nothing')) != '')
volume.remove(force=True)
deed('removes', 'no such volume' in refusal(404, volume.remove))
kept = client.volumes.create('kept', labels={'keep': 'no'})
pruned = client.volumes.prune(filters={'label': 'keep=no', 'all': True})
deed('prunes all by label', pruned['VolumesDeleted'] == ['kept'] and pruned['SpaceReclaimed'] == 0)
deed('has nothing left', client.volumes.list() == [] and len(client.networks.list()) == 3)
print('done', flush=True)
