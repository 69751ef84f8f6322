from geoseg import workspace
from geoseg.jobs import queue
from geoseg.jobs.queue import Job


def taken():
    """Take the id of the next run."""
    job = queue.take()
    return job and job.id


def test_runs_come_out_in_the_order_they_went_in(request_of):
    ids = [queue.submit(request_of(), "demo") for _ in range(3)]
    assert [taken() for _ in range(4)] == [*ids, None]


def test_an_interrupted_run_goes_first(request_of):
    first, second = (queue.submit(request_of(), "demo") for _ in range(2))
    assert taken() == first
    queue.enqueue(Job("runs", first), queue.FIRST)
    assert [taken(), taken()] == [first, second]


def test_cancelled_and_deleted_runs_are_passed_over(request_of):
    cancelled, deleted, wanted = (queue.submit(request_of(), "demo") for _ in range(3))
    workspace.request_cancel(cancelled)
    workspace.delete_run(deleted)
    assert [taken(), taken()] == [wanted, None]


def test_a_run_that_fell_out_of_the_queue_is_found(request_of):
    lost = queue.submit(request_of(), "demo")
    kept = queue.submit(request_of(), "demo")
    assert queue.missing_in_queue() == []
    assert taken() == lost
    assert queue.missing_in_queue() == [Job("runs", lost)]
    assert taken() == kept


def test_the_queue_survives_a_new_process(request_of, home):
    run_id = queue.submit(request_of(), "demo")
    queue._open.cache_clear()
    assert taken() == run_id


def test_a_run_queued_by_an_older_version_is_taken(request_of):
    run_id = workspace.create_run(request_of(), "demo")
    opened, task = queue._open(queue.root() / queue.DATABASE)
    opened.enqueue(task.s(run_id))
    assert queue.take() == Job("runs", run_id)
